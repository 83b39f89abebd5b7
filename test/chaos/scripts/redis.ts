import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { people } from '@secureconnect/protocol'
import { Redis } from 'ioredis'
import { call } from '../../services/index.ts'
import type { Part, Scene, Script } from '../script.ts'
import { degraded, raised, told } from '../signs.ts'
import type { ProcessName } from '../system.ts'

const services: readonly ProcessName[] = [
  'api-gateway',
  'auth-service',
  'chat-service',
  'video-service',
  'storage-service',
]
const signs = [...services.flatMap((name) => [raised(name, 'redis_degraded_mode'), degraded(name)]), told('redis')]
/** More than may search within a minute. */
const searches = 80

/** Speaks to Redis itself, behind the line that is broken. */
async function tell({ system }: Scene, ...[command = '', ...args]: readonly string[]): Promise<void> {
  const { host, port, username, password } = system.servers.redis
  const client = new Redis({ host, port, username, password })
  await client.call(command, ...args)
  client.disconnect()
}

/** Limits hold also where every gateway counts for itself. */
async function searchTooMuch({ cast: { at, ada } }: Scene): Promise<string[]> {
  const query = { q: 'somebody' }
  const asked = Array.from({ length: searches }, () => call(at, people.search, { token: ada.token, query }))
  const refused = (await Promise.all(asked)).filter(({ code }) => code === 'RATE_LIMITED').length
  assert.ok(refused > 0, 'limits hold')
  return [`of ${searches} searches at once ${refused} were over the limit`]
}

async function flap({ system, upTo }: Scene): Promise<void> {
  const { redis } = system.servers.lines
  for (let turn = 0; turn < 10; turn += 1) {
    redis.reset()
    await delay(200 + upTo(500))
    await redis.heal()
    await delay(200 + upTo(500))
  }
}

const heal = ({ system }: Scene) => system.servers.lines.redis.heal()

const away: readonly Script[] = [
  {
    fault: 'killed',
    strike: ({ system }) => system.servers.redis.kill(),
    heal: ({ system }) => system.servers.redis.restart(),
    meanwhile: searchTooMuch,
  },
  {
    fault: 'hangs (SIGSTOP)',
    strike: ({ system }) => system.servers.redis.freeze(),
    heal: async ({ system }) => system.servers.redis.thaw(),
  },
  { fault: 'answers after 2 s', strike: async ({ system }) => system.servers.lines.redis.latency(1_000), heal },
  { fault: 'refuses connections', strike: async ({ system }) => system.servers.lines.redis.refuse(), heal },
  {
    fault: 'takes no writes (a replica without its master)',
    strike: (scene) => tell(scene, 'REPLICAOF', '127.0.0.1', '1'),
    heal: (scene) => tell(scene, 'REPLICAOF', 'NO', 'ONE'),
  },
  {
    fault: 'is out of memory (maxmemory)',
    strike: (scene) => tell(scene, 'CONFIG', 'SET', 'maxmemory', '1'),
    heal: (scene) => tell(scene, 'CONFIG', 'SET', 'maxmemory', '0'),
  },
]

export const redis: Part = {
  name: 'redis',
  promise:
    'Nothing is refused: sign-in, everything of chat across two nodes, calls and files go on, and limits hold. It is told as degraded and nobody has to do anything.',
  needs: { hasSecondNodes: true },
  scripts: [
    ...away.map((script) => ({ ...script, signs })),
    { fault: 'is flushed', strike: (scene) => tell(scene, 'FLUSHALL'), heal },
    // Connections that break are made anew at once, so it is hardly ever known to be away.
    {
      fault: 'is cut off within its answers',
      strike: async ({ system }) => system.servers.lines.redis.cutAfter(200),
      heal,
    },
    { fault: 'comes and goes ten times', strike: flap, heal },
  ],
}
