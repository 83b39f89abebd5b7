// What messages cost: storing them, delivering them, reading them again, and the people who only wait for them.
import { loadavg } from 'node:os'
import { measureArchive } from './chat/archive.ts'
import { measureFanOut } from './chat/fan-out.ts'
import { measureHistory } from './chat/history.ts'
import { measureIdle } from './chat/idle.ts'
import { createMeasure, tellResults } from './chat/parts.ts'
import { measureSends } from './chat/sends.ts'
import { measureStorm } from './chat/storm.ts'
import { describeFound, judge } from './chat/tables.ts'
import { World } from './chat/world.ts'
import { leaveFirstCore } from './shared/cores.ts'

const name = 'chat'
const isQuick = process.argv.includes('--quick')
const seconds = isQuick ? 2 : 10

const [busyBefore = 0] = loadavg()
leaveFirstCore()
await using world = await World.create()
const measure = createMeasure(name, world)
const found = {
  sends: await measure('sends', (chat) => measureSends(world, chat, seconds)),
  fanOuts: await measure('deliveries', (chat) => measureFanOut(world, chat, seconds)),
  archiving: await measureArchive(world, isQuick ? 3 : 20),
  history: await measure('pages', (chat) => measureHistory(world, chat, seconds)),
  storm: await measure('everybody comes back', (chat) => measureStorm(world, chat)),
  idle: await measure('idle sockets', (chat) => measureIdle(world, chat, isQuick ? 5 : 60)),
}
tellResults({ name, busyBefore, isQuick, verdicts: judge(found), tables: describeFound(found) })
