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
/** Rules wait a minute or two before they call something an alert, and half a minute until it is told. */
const alertMs = 240_000

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
  /** How Alertmanager finds the alert that somebody is told of; who cannot be told of anything has none. */
  alert?: readonly string[]
}

const down = (service: Service) => ['alertname="ServiceDown"', `service="${service}"`]
const storeDown = (store: string) => ['alertname="StoreDown"', `store="${store}"`]
const nothing = { signIn: 0, send: 0, read: 0, offerFile: 0, listCalls: 0 }

const cases: readonly Case[] = [
  { stops: 'redis', degraded: services, refused: {}, alert: ['alertname="RedisDegradedMode"'] },
  {
    stops: 'object-store',
    degraded: ['storage-service', 'video-service'],
    refused: { offerFile: 503 },
    alert: storeDown('object-store'),
  },
  { stops: 'cassandra', degraded: ['chat-service'], refused: {}, alert: storeDown('cassandra') },
  {
    stops: 'postgres',
    degraded: ['auth-service', 'chat-service', 'video-service', 'storage-service'],
    refused: { signIn: 503, send: 503, read: 503, offerFile: 503, listCalls: 503 },
    alert: storeDown('postgres'),
  },
  { stops: 'coturn', degraded: ['video-service'], refused: {}, alert: ['alertname="TurnDown"'] },
  { stops: 'auth-service', degraded: ['api-gateway'], refused: { signIn: 503 }, alert: down('auth-service') },
  { stops: 'chat-service', degraded: ['api-gateway'], refused: { send: 503, read: 503 }, alert: down('chat-service') },
  { stops: 'video-service', degraded: ['api-gateway'], refused: { listCalls: 503 }, alert: down('video-service') },
  { stops: 'storage-service', degraded: ['api-gateway'], refused: { offerFile: 503 }, alert: down('storage-service') },
  { stops: 'api-gateway', degraded: [], refused: nothing, alert: down('api-gateway') },
  { stops: 'loki', degraded: [], refused: {}, alert: ['alertname="TargetDown"', 'job="loki"'] },
  { stops: 'alertmanager', degraded: [], refused: {} },
]

/** Whether Alertmanager has an alert of this kind at hand. */
async function isAlerted(matchers: readonly string[]): Promise<boolean> {
  const search = new URLSearchParams(matchers.map((matcher): [string, string] => ['filter', matcher]))
  const answer = await fetch(`http://127.0.0.1:9093/api/v2/alerts?${search}`)
  return ((await answer.json()) as unknown[]).length > 0
}

suite('what the stack does while a part of it is away', { skip }, () => {
  let someone: Someone
  before(async () => {
    await stack().well()
    someone = await Someone.signUp()
  })

  for (const { stops, degraded, refused, alert } of cases) {
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
      if (alert) await until(`an alert with ${alert.join()}`, () => isAlerted(alert), alertMs)
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
      if (alert) await until(`no alert with ${alert.join()}`, async () => !(await isAlerted(alert)), alertMs)
    })
  }
})
