import { type PartFindings, readFindings } from './findings.ts'
import type { Finding } from './script.ts'

const opening = `# What it costs when something is away
Generated from \`test/chaos/findings.json\`, which \`npm run chaos\` writes: run that again, then \`npm run generate\`.

\`npm run chaos\` starts all five services as processes on real servers of their own. While people sign in, refresh, send, read, upload and
download through the gateway, and two of them talk in a call with real media, it takes one thing away, looks at what becomes of every act,
and gives it back. Each line below is one such fault, of eight seconds at least, and is kept only if

- every act that is promised to go on went on, each single time, and every other was refused as promised, with Retry-After of 1 to 5 s;
  who asked before it was known that something is away may be answered 504 at his deadline of 5 s, with Retry-After as well;
- what is to be seen (metrics, breakers, health, readiness, the header \`Degraded\`) was seen within 10 s, and was gone within 10 s of the return;
- every message that was acknowledged, also by the queue of the SDK, is in the history once and was heard live once and in order;
- nobody had to do anything: the sockets and the call came back by themselves, with the same participants.

\`npm run chaos -- --only redis\` runs a part, \`--fault killed\` one fault of it, \`--seed 7\` repeats what is random.

What is not kept is told so in its line.

Clocks that are wrong from the start of a process on are tried in
[skewed-clocks.test.ts](../services/chat/test/skewed-clocks.test.ts); that the disk of recordings is full, in
[recording-faults.test.ts](../services/video/test/recording-faults.test.ts).
`

const head = [
  '| fault | done of all acts | refused | seen within | back within | call silent for | acknowledged, and there | notes |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
]

const inSeconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`

function writeRow(finding: Finding): string {
  const { fault, broken, done, of, refusals, slowestRefusalMs, seenAfterMs } = finding
  const signs = Object.values(seenAfterMs)
  const cells = [
    fault,
    `${done} of ${of}`,
    refusals.length === 0 ? '–' : `${refusals.join('; ')}; the slowest after ${inSeconds(slowestRefusalMs)}`,
    signs.length === 0 ? '–' : `${inSeconds(Math.max(...signs))} (${signs.length} signs)`,
    inSeconds(finding.backAfterMs),
    inSeconds(finding.longestSilenceMs),
    `${finding.acknowledged}`,
    broken ? `NOT KEPT: ${broken.split('\n')[0]}` : finding.notes.join('; ') || '–',
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function writePart({ part, promise, date, commit, machine, seed, findings }: PartFindings): string {
  const signs = [...new Set(findings.flatMap(({ seenAfterMs }) => Object.keys(seenAfterMs)))]
  return [
    `## ${part}`,
    `Promised: ${promise}`,
    '',
    `Seen on ${date} with commit ${commit}, seed ${seed}, on ${machine}.`,
    ...(signs.length > 0 ? ['', `Signs: ${signs.map((sign) => `\`${sign}\``).join(', ')}.`] : []),
    '',
    ...head,
    ...findings.map(writeRow),
    '',
  ].join('\n')
}

/** What the last runs of all parts showed, in Markdown. */
export function writeResilienceDocs(): string {
  return [opening, ...readFindings().map(writePart)].join('\n')
}
