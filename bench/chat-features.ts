// What people add to messages costs: reactions, votes and receipts, and what a big group's receipts cost each of its
// sockets; and what it costs to find messages again.
import { mkdirSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { World } from './chat/world.ts'
import { measureChanges } from './chat-features/changes.ts'
import { measureReceipts } from './chat-features/receipts.ts'
import { measureSearch } from './chat-features/search.ts'
import { describeFound, judge } from './chat-features/tables.ts'
import { leaveFirstCore } from './shared/cores.ts'
import { describeMachine, describeRevision } from './shared/machine.ts'
import { describeVerdicts } from './shared/verdicts.ts'

const isQuick = process.argv.includes('--quick')
const seconds = isQuick ? 2 : 10

const [busyBefore = 0] = loadavg()
leaveFirstCore()
await using world = await World.create()
/** Each part has a process of its own, so that none inherits another's heap. */
async function measure<T>(
  name: string,
  part: (chat: Awaited<ReturnType<World['startChat']>>) => Promise<T>,
): Promise<T> {
  console.log(`chat-features: ${name} …`)
  await using chat = await world.startChat()
  return await part(chat)
}
const found = {
  changes: await measure('reactions, votes and receipts', (chat) => measureChanges(world, chat, seconds)),
  receipts: await measure('receipts of a big group', (chat) => measureReceipts(world, chat, seconds)),
  searches: await measure('searches', (chat) => measureSearch(world, chat, Math.min(seconds, 4))),
}
const verdicts = judge(found)
const tables = [...describeVerdicts(verdicts), '', ...describeFound(found)]
console.log(['', ...tables].join('\n'))
if (!isQuick) {
  const folder = join(import.meta.dirname, 'reports')
  mkdirSync(folder, { recursive: true })
  const head = [
    '# bench/chat-features',
    'Written by `npm run bench chat-features`.',
    '',
    `- Machine: ${describeMachine()}; load average at the start ${busyBefore.toFixed(1)}`,
    `- Date: ${new Date().toISOString().slice(0, 10)}, commit ${describeRevision()}`,
    '- chat-service as it is shipped, in one process on a core of its own; Postgres (without fsync), Redis and the load share the other one.',
    '',
  ]
  writeFileSync(join(folder, 'chat-features.md'), `${[...head, ...tables].join('\n')}\n`)
}
process.exitCode = verdicts.every(({ isMet }) => isMet) ? 0 : 1
