/** Whether what was found is what was wanted. */
export type Verdict = { goal: string; found: string; isMet: boolean }

export function describeVerdicts(verdicts: readonly Verdict[]): string[] {
  const rows = verdicts.map(({ goal, found, isMet }) => `| ${goal} | ${found} | ${isMet ? 'met' : 'missed'} |`)
  return ['| goal | found | verdict |', '|---|---|---|', ...rows]
}
