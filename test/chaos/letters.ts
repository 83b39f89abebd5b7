import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Client } from '@secureconnect/sdk'
import { until } from '../helpers/index.ts'

type Options = { reader: Client; writer: Client; conversationId: string }

/** Everybody's socket is back, and has what it missed. */
const caughtUpWithinMs = 45_000

/** What was written in one conversation: what was tried, what was acknowledged, and what its reader was told live. */
export class Letters {
  static async follow(options: Options): Promise<Letters> {
    const letters = new Letters(options)
    const { reader, writer, conversationId } = options
    reader.chat.on('event', ({ conversation_id, seq, kind }) => {
      if (conversation_id === conversationId && kind === 'message.created') letters.#heard.push(seq)
    })
    reader.chat.on('reset', () => letters.#fail('the reader was told that he missed too much'))
    await Promise.all([reader.chat.open(), writer.chat.open()])
    await reader.chat.subscribe({ [conversationId]: null })
    return letters
  }

  readonly tried = new Set<string>()
  /** By what they say: the ids that they were acknowledged with. */
  readonly acknowledged = new Map<string, string>()
  readonly #options: Options
  readonly #heard: number[] = []
  readonly #faults: string[] = []
  readonly #queued: Promise<unknown>[] = []

  private constructor(options: Options) {
    this.#options = options
  }

  #fail(what: string): void {
    this.#faults.push(what)
  }

  /** Gives a message to the SDK's queue, which brings it there whatever happens meanwhile. */
  queue(): void {
    const content = randomUUID()
    this.tried.add(content)
    const { writer, conversationId } = this.#options
    const sent = writer.chat
      .send({ conversation_id: conversationId, content, message_type: 'text' })
      .then(({ message_id }) => this.acknowledged.set(content, message_id))
    this.#queued.push(sent.catch((error: unknown) => this.#fail(`a queued message was given up: ${error}`)))
  }

  /** Everything that the history has, oldest first. */
  async #readAll() {
    const { reader, conversationId: conversation_id } = this.#options
    const all: { message_id: string; seq: number; content: string | null; message_type: string }[] = []
    for (let before: number | undefined; ; before = all.at(-1)?.seq) {
      const query = { conversation_id, limit: 100, ...(before !== undefined && { before_seq: before }) }
      const { messages } = await reader.rest.messages.list(query)
      all.push(...messages)
      if (messages.length < 100) return all.toReversed()
    }
  }

  /** Fails unless all that was acknowledged is there once, and its reader heard all of it once and in order. */
  async assertKept(): Promise<{ acknowledged: number; heard: number }> {
    await Promise.all(this.#queued)
    assert.deepEqual(this.#faults, [])
    const history = (await this.#readAll()).filter(({ message_type }) => message_type === 'text')
    const byContent = new Map(history.map((message) => [message.content, message]))
    assert.equal(byContent.size, history.length, 'nothing is there twice')
    for (const [content, id] of this.acknowledged) {
      assert.equal(byContent.get(content)?.message_id, id, 'what was acknowledged is there')
    }
    for (const content of byContent.keys())
      assert.ok(this.tried.has(String(content)), 'nothing is there that nobody wrote')
    const written = history.map(({ seq }) => seq)
    const isCaughtUp = () => (this.#heard.at(-1) ?? 0) >= (written.at(-1) ?? 0)
    await until('the reader has heard the newest', isCaughtUp, caughtUpWithinMs)
    const places = new Set(written)
    assert.deepEqual(
      this.#heard.filter((seq) => places.has(seq)),
      written,
      'the reader heard everything once and in order',
    )
    return { acknowledged: this.acknowledged.size, heard: this.#heard.length }
  }
}
