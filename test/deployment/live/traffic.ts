import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { TestSocket } from '@secureconnect/chat-service/testing'
import { accounts, conversations, lifetimes, messages } from '@secureconnect/protocol'
import { call } from '@secureconnect/test/services'
import type { LiveStack } from './live-stack.ts'
import { gateway } from './someone.ts'

type Load = { address: string; people: number; perSecond: number }
type Person = { token: string; conversationId: string }
export type Answer = { at: number; path: string; status: number; retryAfter: string | null }

const socketsEach = 10
const backWithinMs = 30_000
/** Whoever lost his socket comes back like the SDK: soon, and later each time. */
const retry = { firstMs: 500, mostMs: lifetimes.reconnectMs }

/** Somebody from a network of his own: the gateway believes who stands before it at the edge, and lets few sign up from one. */
async function signUp(gateway: { address: string }, index: number): Promise<Person> {
  const headers = { 'x-forwarded-for': `198.51.100.${index + 1}` }
  const username = `u-${randomUUID().slice(0, 12)}`
  const login = { email: `${username}@example.org`, password: 'seven quiet harbours' }
  const body = { ...login, username, display_name: 'Somebody' }
  assert.equal((await call(gateway, accounts.register, { headers, body })).status, 201)
  const { data } = await call(gateway, accounts.login, { headers, body: login })
  const group = { type: 'group', title: 'Harbour', participant_ids: [] }
  const begun = await call(gateway, conversations.create, { token: data.access_token, body: group })
  return { token: data.access_token, conversationId: begun.data.conversation_id }
}

/** People who read and write all the time and hold sockets that come back, as they do at the edge, for as long as a test goes on. */
export class Traffic implements AsyncDisposable {
  static async begin(stack: LiveStack, { address, people, perSecond }: Load): Promise<Traffic> {
    const crowd: Person[] = []
    const behindEdge = { address: `http://${await stack.addressOf('api-gateway', 'edge')}:8080` }
    for (let index = 0; index < people; index += 1) crowd.push(await signUp(behindEdge, index))
    return new Traffic(address, crowd, perSecond)
  }

  /** What was answered, in the order it was. */
  readonly answers: Answer[] = []
  /** How long each socket that was lost was away. */
  readonly awayMs: number[] = []
  /** How many sockets are open. */
  open = 0
  readonly #acknowledged: { person: Person; messageId: string }[] = []
  readonly #end = new AbortController()
  readonly #work: Promise<unknown>[]
  readonly #address: string

  private constructor(address: string, people: readonly Person[], perSecond: number) {
    this.#address = address
    const everyMs = (1_000 * people.length) / perSecond
    this.#work = people.flatMap((person) => [
      this.#act(person, everyMs),
      ...Array.from({ length: socketsEach }, () => this.#listen(person)),
    ])
  }

  get #isOver(): boolean {
    return this.#end.signal.aborted
  }

  async #ask(path: string, work: () => ReturnType<typeof call>): Promise<void> {
    const answer = await work().catch(() => undefined)
    const retryAfter = answer?.headers.get('retry-after') ?? null
    this.answers.push({ at: Date.now(), path, status: answer?.status ?? 0, retryAfter })
  }

  async #act(person: Person, everyMs: number): Promise<void> {
    const { token, conversationId } = person
    const at = { address: this.#address }
    for (let turn = 0; !this.#isOver; turn += 1) {
      const startedAt = performance.now()
      await this.#ask(turn % 4 === 0 ? 'send' : 'read', async () => {
        if (turn % 4 !== 0) return await call(at, accounts.getMe, { token })
        const body = { conversation_id: conversationId, content: String(turn), message_type: 'text' }
        const answer = await call(at, messages.send, { token, body })
        if (answer.status === 201) this.#acknowledged.push({ person, messageId: answer.data.message_id })
        return answer
      })
      await delay(Math.max(0, everyMs - (performance.now() - startedAt)))
    }
  }

  async #listen({ token, conversationId }: Person): Promise<void> {
    let lostAt: number | undefined
    let failures = 0
    while (!this.#isOver) {
      const cleanups: (() => unknown)[] = []
      try {
        const socket = await TestSocket.open(
          { after: (work) => void cleanups.push(work) },
          { address: this.#address },
          { token },
        )
        await socket.subscribe({ [conversationId]: null })
        if (lostAt !== undefined) this.awayMs.push(Date.now() - lostAt)
        this.open += 1
        failures = 0
        await Promise.race([socket.closed, this.#ended()])
        this.open -= 1
        lostAt = Date.now()
      } catch {
        lostAt ??= Date.now()
        await delay(Math.random() * Math.min(retry.mostMs, retry.firstMs * 2 ** failures))
        failures += 1
      } finally {
        for (const clean of cleanups) await clean()
      }
    }
  }

  #ended(): Promise<void> {
    return new Promise((done) => this.#end.signal.addEventListener('abort', () => done(), { once: true }))
  }

  /** Those of the messages that somebody was told are kept, and that are not there. */
  async listLost(): Promise<string[]> {
    // What is sent while this reads may not be on its pages.
    const acknowledged = [...this.#acknowledged]
    const found = new Set<string>()
    for (const person of new Set(acknowledged.map((one) => one.person))) {
      let cursor: string | undefined
      do {
        const query = { conversation_id: person.conversationId, limit: 100, ...(cursor && { cursor }) }
        const { data } = await call(gateway, messages.list, { token: person.token, query })
        for (const { message_id } of data.messages) found.add(message_id)
        cursor = data.next_cursor ?? undefined
      } while (cursor !== undefined)
    }
    return acknowledged.map(({ messageId }) => messageId).filter((id) => !found.has(id))
  }

  get acknowledged(): number {
    return this.#acknowledged.length
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort()
    await Promise.race([Promise.all(this.#work), delay(backWithinMs)])
  }
}
