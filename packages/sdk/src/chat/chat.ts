import type { ChatReply, ChatServerFrame, Message, OwnConversation, Position } from '@secureconnect/protocol'
import { lifetimes, limits } from '@secureconnect/protocol/constants'
import { createEmitter, type Emitter } from '../emitter.ts'
import { ApiError, ConnectionError } from '../errors.ts'
import { insist } from '../insist.ts'
import type { Session } from '../session.ts'
import type { Connection } from '../socket/connection.ts'
import { keepSignedIn } from '../socket/keep-signed-in.ts'
import { Link, type LinkState, type Opening } from '../socket/link.ts'
import type { Storage } from '../storage.ts'
import type { AskType, ChatLanguage, FieldsOf, TellType } from './frames.ts'
import { createOwnConversations, type LoadChanges } from './own-conversations.ts'
import { type Draft, type QueuedSend, SendQueue, type Unreadable, type Unsent } from './send-queue.ts'
import { askToSubscribe, type SubscribeReply } from './subscribe.ts'
import { createSubscriptions, type Positions } from './subscriptions.ts'

type FrameEvents = { [T in ChatServerFrame['type']]: Extract<ChatServerFrame, { type: T }> }

/** What a chat tells: every frame of the server by its type, and what becomes of the connection and of messages. */
export type ChatEvents = FrameEvents & {
  state: LinkState
  /** More was missed than can be replayed: load the newest page; the events after `position` follow. */
  reset: { conversation_id: string; position: Position }
  /** How a conversation stands now: after each connecting, what changed meanwhile; the first time, all of them. */
  'conversation.changed': OwnConversation
  sent: Message
  unsent: Unsent
  unreadable: Unreadable
}

export type ChatOptions = {
  session: Session
  storage: Storage
  /** Sends what is too large for a frame. */
  sendByRest: (draft: Draft) => Promise<Message>
  loadChanges: LoadChanges
  authorise: (isDoubtful: boolean) => Promise<Opening>
}

/** What a frame says beside the draft: its type and its id. */
const frameMarginBytes = 256

function fitsFrame(draft: Draft): boolean {
  return new TextEncoder().encode(JSON.stringify(draft)).length <= limits.frameBytes - frameMarginBytes
}

/** A person's conversations as they happen, over a socket that comes back by itself, and what the person sends. */
export class Chat {
  readonly on: Emitter<ChatEvents>['on']
  readonly #emit: Emitter<ChatEvents>['emit']
  readonly #options: ChatOptions
  readonly #link: Link<ChatLanguage>
  readonly #subscriptions = createSubscriptions({
    deliver: (event) => this.#emit('event', event),
    reset: (conversation_id, position) => this.#emit('reset', { conversation_id, position }),
    broken: () => this.#connection?.abandon(),
  })
  readonly #own = createOwnConversations({
    loadChanges: (query) => this.#options.loadChanges(query),
    changed: (conversation) => this.#emit('conversation.changed', conversation),
    added: (conversation) => this.#admit(conversation),
    removed: (id) => this.#lose(id),
  })
  #connection: Connection<ChatLanguage> | undefined
  #queue: Promise<SendQueue> | undefined

  constructor(options: ChatOptions) {
    const { on, emit } = createEmitter<ChatEvents>()
    this.on = on
    this.#emit = emit
    this.#options = options
    const { session, authorise } = options
    this.#link = new Link<ChatLanguage>({
      pace: limits.chatFrames,
      mostWaitMs: lifetimes.reconnectMs,
      authorise,
      renewToken: () => session.renew(),
      onFrame: (frame) => this.#receive(frame),
      onReady: (connection) => this.#begin(connection),
      onState: (state) => this.#follow(state),
    })
    session.on('ended', () => {
      this.#link.close('forbidden')
      this.close()
      this.#queue = undefined
      this.#subscriptions.clear()
      this.#own.forget()
    })
  }

  get state(): LinkState {
    return this.#link.state
  }

  /** Where it stands in each conversation: with these, a later `subscribe` goes on without a hole. */
  get positions(): Positions {
    return this.#subscriptions.list()
  }

  /** Connects, and from then on comes back by itself; done when it is connected for the first time. */
  async open(): Promise<void> {
    await this.#openQueue()
    this.#link.open()
    await this.#link.getConnection()
  }

  /** Disconnects; what waits to be sent is kept for the next time. */
  close(): void {
    this.#link.close()
    this.#withQueue((queue) => queue.close())
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /**
   * Follows conversations from these positions on: what was missed comes first, as events, or `reset` tells that it is
   * too much. From null on it is what happens from now.
   */
  async subscribe(positions: Positions): Promise<SubscribeReply> {
    this.#subscriptions.add(positions)
    for (;;) {
      try {
        return await this.#subscribe(await this.#link.getConnection(), positions)
      } catch (error) {
        if (error instanceof ConnectionError && this.state.status !== 'closed') continue
        for (const id of Object.keys(positions)) this.#subscriptions.remove(id)
        throw error
      }
    }
  }

  /** Sends a message as soon as can be, be it after a reload; done when the service has it. */
  async send(draft: Draft): Promise<Message> {
    return (await this.#openQueue()).add(draft)
  }

  /** What is not sent yet, oldest first. */
  async listUnsent(): Promise<readonly QueuedSend[]> {
    return (await this.#openQueue()).waiting
  }

  /** Asks the server for anything else that the protocol knows, once there is a connection. */
  async ask<T extends AskType>(type: T, fields: FieldsOf<T>): Promise<ChatReply<T>> {
    return (await this.#link.getConnection()).ask(type, fields)
  }

  /** Tells the server what may get lost, such as that one is typing. */
  tell<T extends TellType>(type: T, fields: FieldsOf<T>): void {
    this.#connection?.tell(type, fields)
  }

  /** Closes, and forgets what waits to be sent, because its author signs out. */
  async forget(): Promise<void> {
    const queue = await this.#openQueue()
    this.close()
    await queue.clear()
  }

  async #openQueue(): Promise<SendQueue> {
    const { session, storage } = this.#options
    const { userId } = session
    if (userId === undefined) throw new ApiError({ code: 'UNAUTHORIZED', message: 'Sign in first.' })
    this.#queue ??= SendQueue.open({
      storage,
      userId,
      sent: (message) => this.#emit('sent', message),
      unsent: (unsent) => this.#emit('unsent', unsent),
      unreadable: (unreadable) => this.#emit('unreadable', unreadable),
    }).catch((error: unknown) => {
      // The storage may be there the next time.
      this.#queue = undefined
      throw error
    })
    return this.#queue
  }

  #withQueue(work: (queue: SendQueue) => void): void {
    // Whoever opened it was told if it cannot be.
    this.#queue?.then(work, () => undefined)
  }

  #begin(connection: Connection<ChatLanguage>): void {
    this.#connection = connection
    void keepSignedIn(connection, this.#options.session)
    void this.#resume(this.#subscriptions.list())
    void this.#catchUp(connection)
    const { sendByRest } = this.#options
    this.#withQueue((queue) =>
      queue.start((draft) => (fitsFrame(draft) ? connection.ask('message.send', draft) : sendByRest(draft))),
    )
  }

  #follow(state: LinkState): void {
    if (state.status !== 'open') {
      this.#connection = undefined
      this.#withQueue((queue) => (state.status === 'closed' ? queue.close() : queue.stop()))
    }
    this.#emit('state', state)
  }

  #receive(frame: ChatServerFrame): void {
    if (frame.type === 'event') return this.#subscriptions.receive(frame)
    if (frame.type === 'conversation.removed') return this.#lose(frame.conversation_id)
    if (frame.type === 'conversation.added') {
      // It is told once it is known where its log stands, so that nothing falls between its page and its events.
      this.#own.expect(frame.conversation_id)
      if (this.#connection) void this.#catchUp(this.#connection)
      return
    }
    // Each frame goes out under its own type, which TypeScript cannot follow.
    this.#emit(frame.type, frame as never)
  }

  /** Learns what happened to the person's conversations that no frame told of. */
  async #catchUp(connection: Connection<ChatLanguage>): Promise<void> {
    try {
      await insist(() => this.#own.catchUp(), connection.ended)
    } catch {
      // What was refused for good, or lost with the connection, is asked for over the next one.
      connection.abandon()
    }
  }

  #admit({ conversation_id, log_epoch, last_seq }: OwnConversation): void {
    if (!this.#subscriptions.has(conversation_id)) {
      const positions = { [conversation_id]: { log_epoch, seq: last_seq } }
      this.#subscriptions.add(positions)
      void this.#resume(positions)
    }
    this.#emit('conversation.added', { type: 'conversation.added', conversation_id })
  }

  #lose(conversation_id: string): void {
    this.#own.remove(conversation_id)
    this.#subscriptions.remove(conversation_id)
    this.#emit('conversation.removed', { type: 'conversation.removed', conversation_id })
  }

  /** Goes on from these positions over the connection there is; without one the next begins with them. */
  async #resume(positions: Positions): Promise<void> {
    const connection = this.#connection
    if (!connection) return
    try {
      await this.#subscribe(connection, positions)
    } catch {
      // The server takes no more of this connection, if there still is one: the next one starts over.
      connection.abandon()
    }
  }

  async #subscribe(connection: Connection<ChatLanguage>, positions: Positions): Promise<SubscribeReply> {
    const reply = await askToSubscribe(connection, positions, this.#subscriptions.accept)
    for (const id of reply.not_found) if (this.#subscriptions.has(id)) this.#lose(id)
    return reply
  }
}
