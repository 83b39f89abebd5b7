// What end-to-end encryption adds in a browser: to each message and frame, and to each change of who is in a group.
import { loadavg } from 'node:os'
import { openPage } from './e2ee/open-page.ts'
import { type Changes, describe, type Frames, judge, type Messages } from './e2ee/tables.ts'
import { writeReport } from './shared/report.ts'
import { describeVerdicts } from './shared/verdicts.ts'

const isQuick = process.argv.includes('--quick')
const times = isQuick ? 10 : 100

const [busyBefore = 0] = loadavg()
await using stack = new AsyncDisposableStack()
const page = await openPage({ after: (work) => stack.defer(work) })
const measure = async <T>(script: string) => {
  console.log(`e2ee: ${script} …`)
  return (await page.run(`return ${script}`)) as T
}

const changes: Changes[] = []
for (const size of [10, 50, 100, 250])
  changes.push(await measure<Changes>(`measureChanges(${size}, ${Math.ceil(times / 20)})`))
const found = {
  small: await measure<Messages>(`measureMessages(3, ${times})`),
  large: await measure<Messages>(`measureMessages(100, ${times})`),
  changes,
  frames: await measure<Frames>(`measureFrames(${times})`),
}

const body = [...describeVerdicts(judge(found)), '', ...describe(found)]
console.log(['', ...body].join('\n'))
if (!isQuick) {
  const conditions = [
    'Chromium without a screen, with its own IndexedDB; nothing goes over a network.',
    `A message of 210 characters, ${times} times: encrypted or decrypted, and its group and text written to the vault, strictly, before it goes on. All of it is added to a plain message; the floor is what such a write of the plain text alone takes.`,
    `A frame of 10,400 bytes, as VP8 of 720p has at 30 a second and 2.5 Mbit/s, ${times} times a hundred in a row.`,
    'Sizes are characters of base64, as the service carries them, of the first change after everybody came in at once: no inner node of the tree has keys then, so that a commit is as large as it gets.',
  ]
  writeReport({ name: 'e2ee', busyBefore, conditions, body })
}
process.exitCode = judge(found).every(({ isMet }) => isMet) ? 0 : 1
