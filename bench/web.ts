// How long the web client takes from what somebody does to what he sees, in a conversation of 10,000 messages, beside an
// empty page in the same browser.
import { loadavg } from 'node:os'
import { openHouse } from '@secureconnect/web/visitors'
import { writeReport } from './shared/report.ts'
import { describeVerdicts } from './shared/verdicts.ts'
import { measureEmptyPage } from './web/empty-page.ts'
import { measureLongConversation, messages } from './web/long-conversation.ts'
import { describeTimings, judge } from './web/tables.ts'

const isQuick = process.argv.includes('--quick')
const times = isQuick ? 5 : 40

const [busyBefore = 0] = loadavg()
await using stack = new AsyncDisposableStack()
// Nobody opens conversations as often as this does.
const unlimited = { RATELIMIT_DEFAULT: '99999', RATELIMIT_NETWORK: '99999' }
const house = await openHouse({ after: (work) => stack.defer(async () => void (await work())) }, unlimited)
const found = []
for (const slowdown of [1, 4]) {
  console.log(`web: a processor ${slowdown} times as slow …`)
  const floor = await measureEmptyPage(house, { times, slowdown })
  const ours = await measureLongConversation(house, { times, slowdown })
  found.push({ slowdown, floor, ours })
}

const body = [...describeVerdicts(found.flatMap(judge)), '', ...found.flatMap(describeTimings)]
console.log(['', ...body].join('\n'))
if (!isQuick) {
  const conditions = [
    `Chromium without a screen, 1200 × 760, with the embedded system in the process of the bench; a conversation of ${messages.toLocaleString('en')} messages, 200 of which are on the page.`,
    `Each is done ${times} times. "To paint" is what the browser's own Event Timing tells from the event to the next picture, in steps of 8 ms and never less than 16; for the wheel, of which it tells nothing, from the event to the end of the next frame.`,
    '"Longest task" is the longest time that the page kept the browser from anything else until what was asked for stood there; 50 where none was as long. "Until shown" includes the answers of the service.',
    'The empty page has a field, a button that adds a line, and lines to scroll; it is what the browser and the machine take by themselves.',
  ]
  writeReport({ name: 'web', busyBefore, conditions, body })
}
process.exitCode = found.flatMap(judge).every(({ isMet }) => isMet) ? 0 : 1
