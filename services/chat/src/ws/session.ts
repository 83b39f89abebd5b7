import type { Connection } from '@secureconnect/service'
import type { Follower } from '../fan-out/follower.ts'
import type { DeviceQueue } from './device-queue.ts'

/** What a socket of chat is about: whose it is, and which conversations it follows. */
export class Session {
  readonly connection: Connection
  readonly userId: string
  readonly queue: DeviceQueue
  /** Whose presence it wants to hear of. */
  watches: ReadonlySet<string> = new Set()
  readonly #follows = new Map<string, Follower>()
  /** One subscription after the other, so that a conversation is begun once. */
  #subscribing: Promise<unknown> = Promise.resolve()

  constructor({ connection, userId, queue }: Pick<Session, 'connection' | 'userId' | 'queue'>) {
    this.connection = connection
    this.userId = userId
    this.queue = queue
  }

  /** Whether the socket was opened for this conversation, or for all. */
  serves(conversationId: string): boolean {
    const { conversation_id: only } = this.connection.query
    return only === undefined || only === conversationId
  }

  /** The conversation's follower, while it is one. */
  find(conversationId: string): Follower | undefined {
    const follower = this.#follows.get(conversationId)
    return follower?.isEnded ? undefined : follower
  }

  add(follower: Follower): void {
    this.#follows.set(follower.feed.conversationId, follower)
    follower.feed.add(follower)
  }

  /** Follows a conversation no longer. */
  remove(conversationId: string): void {
    const follower = this.#follows.get(conversationId)
    if (!follower) return
    this.#follows.delete(conversationId)
    follower.endAfter(follower.seq)
    follower.feed.remove(follower)
  }

  /** Runs `work` when earlier subscriptions are done. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#subscribing.then(work)
    this.#subscribing = turn.catch(() => undefined)
    return turn
  }

  end(): void {
    for (const conversationId of [...this.#follows.keys()]) this.remove(conversationId)
  }
}
