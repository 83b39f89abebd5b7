import type { Message, SendMessage } from '@secureconnect/protocol'
import { lifetimes } from '@secureconnect/protocol/constants'
import { fullJitter } from '../delay.ts'
import { ApiError, ConnectionError, isTemporary } from '../errors.ts'
import { parseJson } from '../parse-json.ts'
import type { Storage } from '../storage.ts'

/** A message to be sent; without a client id it gets one. */
export type Draft = SendMessage
export type QueuedSend = { readonly draft: Draft & { client_id: string }; readonly queuedAt: number }
/** A message that was not sent and will not be: refused, or tried for six days, or its author signed out. */
export type Unsent = { draft: QueuedSend['draft']; reason: 'refused' | 'gave-up' | 'signed-out'; error: Error }

/** What the storage held in the place of a message; it is kept under `unreadable:` and that key. */
export type Unreadable = { key: string; text: string }

type Entry = QueuedSend & { result: PromiseWithResolvers<Message>; attempts: number; notBefore: number }

type QueueOptions = {
  storage: Storage
  userId: string
  sent: (message: Message) => void
  unsent: (unsent: Unsent) => void
  unreadable: (unreadable: Unreadable) => void
  now?: () => number
}

/** Sends one message; the same draft again makes no second one. */
type SendDraft = (draft: QueuedSend['draft']) => Promise<Message>

const aside = 'unreadable:'
const retryBounds = { firstMs: 500, mostMs: 30_000 }

/** Random, and possible on pages without TLS too, unlike `crypto.randomUUID`. */
export function createClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function isQueuedSend(kept: unknown): kept is QueuedSend {
  if (typeof kept !== 'object' || kept === null || !('draft' in kept) || !('queuedAt' in kept)) return false
  const { draft, queuedAt } = kept
  return typeof queuedAt === 'number' && typeof draft === 'object' && draft !== null && 'client_id' in draft
}

/**
 * What one person wants to send, kept until the service has it. It sends one message at a time, which keeps those of a
 * conversation in order; a conversation whose first message has to wait does not keep the others waiting.
 */
export class SendQueue {
  readonly #options: Required<QueueOptions>
  readonly #entries: Entry[] = []
  #send: SendDraft | undefined
  #isWorking = false
  #isClosed = false
  #alarm: ReturnType<typeof setTimeout> | undefined
  #pausedUntil = 0

  /** Takes up what an earlier process or page left. */
  static async open(options: QueueOptions): Promise<SendQueue> {
    const queue = new SendQueue({ now: Date.now, ...options })
    const kept: QueuedSend[] = []
    for (const [key, text] of await options.storage.list(queue.#prefix)) {
      const send = parseJson(text)
      if (isQueuedSend(send)) kept.push(send)
      else await queue.#setAside({ key, text })
    }
    for (const send of kept.toSorted((a, b) => a.queuedAt - b.queuedAt)) queue.#take(send).notBefore = 0
    queue.#wakeUp()
    return queue
  }

  private constructor(options: Required<QueueOptions>) {
    this.#options = options
  }

  get #prefix(): string {
    return `send:${this.#options.userId}:`
  }

  /** What is not sent yet, oldest first. */
  get waiting(): readonly QueuedSend[] {
    return this.#entries.map(({ draft, queuedAt }) => ({ draft, queuedAt }))
  }

  /** Keeps a message and sends it as soon as may be; a client id that waits already is the same message. */
  async add(draft: Draft): Promise<Message> {
    const client_id = draft.client_id ?? createClientId()
    const known = this.#entries.find((entry) => entry.draft.client_id === client_id)
    if (known) return known.result.promise
    // Later than the one before even within a millisecond, so that the order survives.
    const queuedAt = Math.max(this.#options.now(), (this.#entries.at(-1)?.queuedAt ?? 0) + 1)
    const send = { draft: { ...draft, client_id }, queuedAt }
    const entry = this.#take(send)
    try {
      await this.#options.storage.write(this.#prefix + client_id, JSON.stringify(send))
    } catch (error) {
      this.#drop(entry)
      throw error
    }
    entry.notBefore = 0
    this.#wakeUp()
    return entry.result.promise
  }

  /** From now on messages go out this way. */
  start(send: SendDraft): void {
    this.#send = send
    this.#isClosed = false
    this.#wakeUp()
  }

  /** Until the next start messages wait. */
  stop(): void {
    this.#send = undefined
  }

  /** Gives up what waits, because its author signs out. */
  async clear(): Promise<void> {
    const error = new ConnectionError('Signed out before it was sent.')
    await Promise.all([...this.#entries].map((entry) => this.#giveUp(entry, 'signed-out', error)))
    const { storage } = this.#options
    for (const key of (await storage.list(aside + this.#prefix)).keys()) await storage.remove(key)
    this.close()
  }

  /** Stops, and gives nothing up either until the next start. */
  close(): void {
    this.stop()
    this.#isClosed = true
    clearTimeout(this.#alarm)
  }

  /** One entry that cannot be read must not keep the others from being sent. */
  async #setAside(entry: Unreadable): Promise<void> {
    const { storage, unreadable } = this.#options
    await storage.write(aside + entry.key, entry.text)
    await storage.remove(entry.key)
    unreadable(entry)
  }

  #take(send: QueuedSend): Entry {
    // It waits until it is kept, so that it is never removed before it is there.
    const entry = {
      ...send,
      result: Promise.withResolvers<Message>(),
      attempts: 0,
      notBefore: Number.POSITIVE_INFINITY,
    }
    // Whoever called `add` hears of a failure; after a reload nobody does, and `unsent` tells.
    entry.result.promise.catch(() => undefined)
    this.#entries.push(entry)
    return entry
  }

  /** The oldest message of each conversation. */
  #listFirst(): Entry[] {
    return [...Map.groupBy(this.#entries, ({ draft }) => draft.conversation_id).values()].flatMap((own) =>
      own.slice(0, 1),
    )
  }

  #dueTime({ notBefore }: Entry): number {
    return Math.max(notBefore, this.#pausedUntil)
  }

  #wakeUp(): void {
    clearTimeout(this.#alarm)
    if (!this.#isWorking) void this.#work()
  }

  async #work(): Promise<void> {
    this.#isWorking = true
    for (;;) {
      await this.#giveUpOld()
      const now = this.#options.now()
      const entry = this.#listFirst().find((candidate) => this.#dueTime(candidate) <= now)
      if (!entry || !this.#send) break
      await this.#try(entry, this.#send)
    }
    this.#isWorking = false
    this.#setAlarm()
  }

  #setAlarm(): void {
    const attempts = this.#send ? this.#listFirst().map((entry) => this.#dueTime(entry)) : []
    const dueAt = Math.min(...this.#entries.map(({ queuedAt }) => queuedAt + lifetimes.unsentMs), ...attempts)
    if (this.#isClosed || dueAt === Number.POSITIVE_INFINITY) return
    this.#alarm = setTimeout(() => this.#wakeUp(), Math.max(0, dueAt - this.#options.now()))
  }

  async #giveUpOld(): Promise<void> {
    const oldest = this.#options.now() - lifetimes.unsentMs
    const error = new ConnectionError('It could not be sent for six days.')
    for (const entry of this.#entries.filter(({ queuedAt }) => queuedAt <= oldest)) {
      await this.#giveUp(entry, 'gave-up', error)
    }
  }

  async #try(entry: Entry, send: SendDraft): Promise<void> {
    let message: Message
    try {
      message = await send(entry.draft)
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown))
      return isTemporary(error) ? this.#postpone(entry, error) : this.#giveUp(entry, 'refused', error)
    }
    await this.#remove(entry)
    this.#options.sent(message)
    entry.result.resolve(message)
  }

  #postpone(entry: Entry, error: Error): void {
    const { code, retryAfterMs = 0 } = error instanceof ApiError ? error : {}
    const dueAt = this.#options.now() + Math.max(retryAfterMs, fullJitter(entry.attempts, retryBounds))
    entry.attempts += 1
    // Limits are the person's, whichever conversation it was that met them.
    if (code === 'RATE_LIMITED') this.#pausedUntil = dueAt
    // A lost connection needs no waiting beyond the next one.
    else if (this.#send) entry.notBefore = dueAt
  }

  #drop(entry: Entry): void {
    const index = this.#entries.indexOf(entry)
    if (index >= 0) this.#entries.splice(index, 1)
  }

  async #remove(entry: Entry): Promise<void> {
    this.#drop(entry)
    // What cannot be removed is sent once more after a reload, and the service answers the message that is there.
    await this.#options.storage.remove(this.#prefix + entry.draft.client_id).catch(() => undefined)
  }

  async #giveUp(entry: Entry, reason: Unsent['reason'], error: Error): Promise<void> {
    await this.#remove(entry)
    this.#options.unsent({ draft: entry.draft, reason, error })
    entry.result.reject(error)
  }
}
