// What messages cost: storing them, delivering them, reading them again, and the people who only wait for them.
import { mkdirSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { measureArchive } from './chat/archive.ts'
import { measureFanOut } from './chat/fan-out.ts'
import { measureHistory } from './chat/history.ts'
import { measureIdle } from './chat/idle.ts'
import { measureSends } from './chat/sends.ts'
import { measureStorm } from './chat/storm.ts'
import { describeFound, judge } from './chat/tables.ts'
import { World } from './chat/world.ts'
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
  console.log(`chat: ${name} …`)
  await using chat = await world.startChat()
  return await part(chat)
}
const found = {
  sends: await measure('sends', (chat) => measureSends(world, chat, seconds)),
  fanOuts: await measure('deliveries', (chat) => measureFanOut(world, chat, seconds)),
  archiving: await measureArchive(world, isQuick ? 3 : 20),
  history: await measure('pages', (chat) => measureHistory(world, chat, seconds)),
  storm: await measure('everybody comes back', (chat) => measureStorm(world, chat)),
  idle: await measure('idle sockets', (chat) => measureIdle(world, chat, isQuick ? 5 : 60)),
}
const verdicts = judge(found)
const tables = [...describeVerdicts(verdicts), '', ...describeFound(found)]
console.log(['', ...tables].join('\n'))
if (!isQuick) {
  const folder = join(import.meta.dirname, 'reports')
  mkdirSync(folder, { recursive: true })
  const head = [
    '# bench/chat',
    'Written by `npm run bench chat`.',
    '',
    `- Machine: ${describeMachine()}; load average at the start ${busyBefore.toFixed(1)}`,
    `- Date: ${new Date().toISOString().slice(0, 10)}, commit ${describeRevision()}`,
    '- chat-service as it is shipped, in one process on a core of its own; Postgres (without fsync), Redis and the load share the other one.',
    '',
  ]
  writeFileSync(join(folder, 'chat.md'), `${[...head, ...tables].join('\n')}\n`)
}
process.exitCode = verdicts.every(({ isMet }) => isMet) ? 0 : 1
