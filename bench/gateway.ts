// What a request costs on its way through the gateway, against the service itself and against the least that a forwarder
// can do; and what the services take while they are idle.
import { loadavg } from 'node:os'
import { surroundings } from '@secureconnect/test/helpers'
import { createDatabase, redisServer } from '@secureconnect/test/stack'
import { compareForwarding } from './gateway/forwarding.ts'
import { measureIdleMemory } from './gateway/idle-memory.ts'
import { connections, pacePerSecond } from './gateway/load.ts'
import {
  countFailures,
  describeForwarding,
  describeMemory,
  describePacing,
  describeVerdicts,
} from './gateway/tables.ts'
import { canPin, leaveFirstCore } from './shared/cores.ts'
import { writeReport } from './shared/report.ts'

const isQuick = process.argv.includes('--quick')
const rounds = isQuick ? 1 : 5
const warmSeconds = isQuick ? 1 : 8
const saturateSeconds = isQuick ? 1 : 2
const paceSeconds = 1

const [busyBefore = 0] = loadavg()
leaveFirstCore()
await using stack = new AsyncDisposableStack()
const { host, port, username, password } = await redisServer()
const redisEnv = { REDIS_HOST: host, REDIS_PORT: `${port}`, REDIS_USERNAME: username, REDIS_PASSWORD: password }

console.log('gateway: idle memory …')
const database = await createDatabase({ after: (work) => stack.defer(work) })
const memory = await measureIdleMemory({ database, redisEnv, settleMs: isQuick ? 2_000 : 10_000 })
console.log(`gateway: ${rounds} rounds of forwarding after one to warm up …\n`)
const results = await compareForwarding({ redisEnv, rounds, warmSeconds, saturateSeconds, paceSeconds })

const verdicts = describeVerdicts(results, memory)
const tables = [
  ...describeForwarding(results),
  ...describePacing(results, pacePerSecond),
  '',
  ...describeMemory(memory),
]
console.log([...tables, '', ...verdicts].join('\n'))
if (!isQuick) {
  const conditions = [
    `Medians of ${rounds} rounds; in each every target has its turn: ${saturateSeconds} s with ${connections} connections for each kind of request, then ${paceSeconds} s at ${pacePerSecond} requests a second. "±" is the round that lies farthest off, "of the floor" is compared round by round.`,
    canPin
      ? 'What is measured has a core that nothing else of this bench uses; "of its core" is how much of it there was to have, or was needed.'
      : 'Nothing is kept to a core of its own: the system cannot do that.',
    'The gateway is the process as it is shipped, with every request verified, limited and logged; only its limits are raised, and it sheds no load.',
    surroundings.NODE_COMPILE_CACHE
      ? 'The services find their sources compiled, as in an image.'
      : 'The services compile their sources when they start.',
    ...(surroundings.MALLOC_ARENA_MAX
      ? [`MALLOC_ARENA_MAX=${surroundings.MALLOC_ARENA_MAX}, as all commands of the repo set it.`]
      : []),
  ]
  writeReport({
    name: 'gateway',
    busyBefore,
    conditions,
    body: ['## Verdicts', ...verdicts, '', '## Tables', ...tables],
  })
}
process.exitCode = countFailures(results) === 0 ? 0 : 1
