import type { Verdict } from '../shared/verdicts.ts'

export type Messages = Readonly<Record<'write' | 'send' | 'receive', readonly number[]>>
export type Frames = Readonly<Record<'copy' | 'seal' | 'open', readonly number[]>>
type Characters = { commit: number; welcome: number; groupInfo: number }
export type Changes = { size: number; addMs: readonly number[]; add: Characters; rekey: Characters }
export type Found = { small: Messages; large: Messages; changes: readonly Changes[]; frames: Frames }

const goals = { messageMs: 5, addMs: 500, frameMs: 1 } as const
const addedTo = 100

function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

const median = (times: readonly number[]) => quantile(times, 0.5)
const row = (...cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`

function describeTimes(times: Readonly<Record<string, readonly number[]>>, floor: readonly number[]): string[] {
  return Object.entries(times).map(([name, all]) => {
    const ratio = median(floor) > 0.005 ? (median(all) / median(floor)).toFixed(1) : '–'
    return row(name, median(all).toFixed(3), quantile(all, 0.95).toFixed(3), ratio)
  })
}

export function describe({ small, large, changes, frames }: Found): string[] {
  return [
    row('', 'median ms', '95 of 100 within', 'of the floor’s median'),
    '|---|---:|---:|---:|',
    ...describeTimes({ 'floor: a plain text written to the vault': small.write }, small.write),
    ...describeTimes({ 'send in a group of 3': small.send, 'receive in a group of 3': small.receive }, small.write),
    ...describeTimes({ 'send in a group of 100': large.send, 'receive in a group of 100': large.receive }, large.write),
    ...describeTimes({ 'floor: a frame copied': frames.copy }, frames.copy),
    ...describeTimes({ 'a frame sealed': frames.seal, 'a frame opened': frames.open }, frames.copy),
    '',
    row('members', 'one comes in, ms', 'its commit', 'its welcome', 'group info', 'commit of new keys alone'),
    '|---:|---:|---:|---:|---:|---:|',
    ...changes.map(({ size, addMs, add, rekey }) =>
      row(size, median(addMs).toFixed(0), add.commit, add.welcome, add.groupInfo, rekey.commit),
    ),
    '',
  ]
}

const verdict = (goal: string, ms: number, mostMs: number): Verdict => {
  return { goal: `${goal} ≤ ${mostMs} ms`, found: `${ms.toFixed(2)} ms`, isMet: ms <= mostMs }
}

/** What is added to a message is all that there is besides sending it: the floor is not taken off. */
export function judge({ small, large, changes, frames }: Found): Verdict[] {
  const added = changes.find(({ size }) => size === addedTo)
  return [
    verdict('added to sending a message to 3', median(small.send), goals.messageMs),
    verdict('added to receiving it', median(small.receive), goals.messageMs),
    verdict('added to sending a message to 100', median(large.send), goals.messageMs),
    verdict('added to receiving it there', median(large.receive), goals.messageMs),
    verdict(`bringing one into a group of ${addedTo}`, median(added?.addMs ?? []), goals.addMs),
    verdict('added to a frame of 720p, sealed and opened', median(frames.seal) + median(frames.open), goals.frameMs),
  ]
}
