// What people add to messages costs: reactions, votes and receipts, and what a big group's receipts cost each of its
// sockets; and what it costs to find messages again.
import { loadavg } from 'node:os'
import { createMeasure, tellResults } from './chat/parts.ts'
import { World } from './chat/world.ts'
import { measureChanges } from './chat-features/changes.ts'
import { measureReceipts } from './chat-features/receipts.ts'
import { measureSearch } from './chat-features/search.ts'
import { describeFound, judge } from './chat-features/tables.ts'
import { leaveFirstCore } from './shared/cores.ts'

const name = 'chat-features'
const isQuick = process.argv.includes('--quick')
const seconds = isQuick ? 2 : 10

const [busyBefore = 0] = loadavg()
leaveFirstCore()
await using world = await World.create()
const measure = createMeasure(name, world)
const found = {
  changes: await measure('reactions, votes and receipts', (chat) => measureChanges(world, chat, seconds)),
  receipts: await measure('receipts of a big group', (chat) => measureReceipts(world, chat, seconds)),
  searches: await measure('searches', (chat) => measureSearch(world, chat, Math.min(seconds, 4))),
}
tellResults({ name, busyBefore, isQuick, verdicts: judge(found), tables: describeFound(found) })
