import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { before, suite, test } from 'node:test'
import { accounts, calls, conversations, files, messages } from '@secureconnect/protocol'
import { until } from '@secureconnect/test/helpers'
import { call } from '@secureconnect/test/services'
import { mayStopContainers } from './config.ts'
import { LiveStack } from './live-stack.ts'

const found = mayStopContainers ? await LiveStack.find() : 'stops containers, so only with STOP_CONTAINERS=yes'
const skip = typeof found === 'string' && found

const gateway = { address: 'http://127.0.0.1:8080' }
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

function stack(): LiveStack {
  assert.ok(typeof found !== 'string')
  return found
}

type Health = { status: string; checks: Record<string, { status: string }> }

async function readHealth(service: Service): Promise<{ status: number; health: Health }> {
  const answer = await fetch(`http://127.0.0.1:${ports[service]}/health`)
  return { status: answer.status, health: (await answer.json()) as Health }
}

/** Somebody who does what people do, and is told what becomes of it. */
class Someone {
  static async signUp(): Promise<Someone> {
    const username = `p-${randomUUID().slice(0, 12)}`
    const login = { email: `${username}@example.org`, password: 'seven quiet harbours' }
    const { status } = await call(gateway, accounts.register, {
      body: { ...login, username, display_name: 'Somebody' },
    })
    assert.equal(status, 201)
    const someone = new Someone(login)
    assert.equal(await someone.signIn(), 200)
    return someone
  }

  readonly #login: { email: string; password: string }
  #token = ''

  private constructor(login: { email: string; password: string }) {
    this.#login = login
  }

  async signIn(): Promise<number> {
    const { status, data } = await call(gateway, accounts.login, { body: this.#login })
    if (status === 200) this.#token = data.access_token
    return status
  }

  async converse(): Promise<string> {
    const body = { type: 'group', title: 'Harbour', participant_ids: [] }
    return (await call(gateway, conversations.create, { token: this.#token, body })).data.conversation_id
  }

  async send(conversationId: string): Promise<number> {
    const body = { conversation_id: conversationId, content: 'Hello', message_type: 'text' }
    return (await call(gateway, messages.send, { token: this.#token, body })).status
  }

  async read(conversationId: string): Promise<number> {
    return (await call(gateway, messages.list, { token: this.#token, query: { conversation_id: conversationId } }))
      .status
  }

  async offerFile(): Promise<number> {
    const body = { file_name: 'note.txt', mime_type: 'text/plain', file_size: 4 }
    return (await call(gateway, files.beginUpload, { token: this.#token, body })).status
  }

  async listCalls(): Promise<number> {
    return (await call(gateway, calls.list, { token: this.#token })).status
  }

  /** Everything at once, as it is when nothing is away. */
  async everything(conversationId: string) {
    return {
      signIn: await this.signIn(),
      send: await this.send(conversationId),
      read: await this.read(conversationId),
      offerFile: await this.offerFile(),
      listCalls: await this.listCalls(),
    }
  }
}

const usual = { signIn: 200, send: 201, read: 200, offerFile: 201, listCalls: 200 }
type Found = typeof usual

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
  let conversationId: string
  before(async () => {
    await stack().well()
    someone = await Someone.signUp()
    conversationId = await someone.converse()
  })

  for (const { stops, degraded, refused } of cases) {
    test(`without ${stops}`, async (t) => {
      assert.deepEqual(await someone.everything(conversationId), usual)
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
      assert.deepEqual(await someone.everything(conversationId), { ...usual, ...refused })
      await stack().start(stops)
      const startedAt = performance.now()
      const isBack = async () => JSON.stringify(await someone.everything(conversationId)) === JSON.stringify(usual)
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
