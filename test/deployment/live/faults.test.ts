import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { until } from '@secureconnect/test/helpers'
import { mayStopContainers } from './config.ts'
import { LiveStack } from './live-stack.ts'
import { type Found, Someone, usual } from './someone.ts'

const found = mayStopContainers ? await LiveStack.find() : 'stops containers, so only with STOP_CONTAINERS=yes'
const skip = typeof found === 'string' && found

const ports = {
  'api-gateway': 8080,
  'auth-service': 8081,
  'chat-service': 8082,
  'video-service': 8083,
  'storage-service': 8084,
}
type Service = keyof typeof ports
const services = Object.keys(ports) as Service[]
/** Until what is away is known to be, and until it is used again. */
const seenMs = 15_000
const backMs = 90_000
/** More often would be too often for the limits that hold here as anywhere. */
const askEveryMs = 3_000

function stack(): LiveStack {
  assert.ok(typeof found !== 'string')
  return found
}

type Health = { status: string; checks: Record<string, { status: string }> }

async function readHealth(service: Service): Promise<{ status: number; health: Health }> {
  const answer = await fetch(`http://127.0.0.1:${ports[service]}/health`)
  return { status: answer.status, health: (await answer.json()) as Health }
}

type Case = {
  stops: string
  /** Who says so in /health. */
  degraded: readonly Service[]
  /** What is not as usual meanwhile. */
  refused: Partial<Found>
}

const cases: readonly Case[] = [
  { stops: 'redis', degraded: services, refused: {} },
  { stops: 'object-store', degraded: ['storage-service', 'video-service'], refused: { offerFile: 503 } },
  { stops: 'cassandra', degraded: ['chat-service'], refused: {} },
  {
    stops: 'postgres',
    degraded: ['auth-service', 'chat-service', 'video-service', 'storage-service'],
    refused: { signIn: 503, send: 503, read: 503, offerFile: 503, listCalls: 503 },
  },
  { stops: 'coturn', degraded: ['video-service'], refused: {} },
  { stops: 'auth-service', degraded: ['api-gateway'], refused: { signIn: 503 } },
  { stops: 'chat-service', degraded: ['api-gateway'], refused: { send: 503, read: 503 } },
  { stops: 'video-service', degraded: ['api-gateway'], refused: { listCalls: 503 } },
  { stops: 'storage-service', degraded: ['api-gateway'], refused: { offerFile: 503 } },
]

suite('what the stack does while a part of it is away', { skip }, () => {
  let someone: Someone
  before(async () => {
    await stack().well()
    someone = await Someone.signUp()
  })

  for (const { stops, degraded, refused } of cases) {
    test(`without ${stops}`, async (t) => {
      assert.deepEqual(await someone.doEverything(), usual)
      t.after(() => stack().start(stops))
      await stack().stop(stops)
      for (const service of services.filter((one) => one !== stops)) {
        if (degraded.includes(service)) {
          await until(
            `${service} says so`,
            async () => (await readHealth(service)).health.status === 'degraded',
            seenMs,
          )
        }
        assert.equal((await readHealth(service)).status, 200, service)
      }
      assert.deepEqual(await someone.doEverything(), { ...usual, ...refused })
      await stack().start(stops)
      const startedAt = performance.now()
      const isBack = async () => {
        await delay(askEveryMs)
        return isDeepStrictEqual(await someone.doEverything(), usual)
      }
      await until('everything is as before', isBack, backMs)
      t.diagnostic(`${stops}: as before ${Math.round((performance.now() - startedAt) / 100) / 10} s after its start`)
      await stack().well()
      for (const service of services) {
        const isHealthy = async () => (await readHealth(service)).health.status === 'healthy'
        await until(`${service} is healthy again`, isHealthy, seenMs)
      }
    })
  }
})
