import type { Connection, WireFrame } from '@secureconnect/service'
import type { Feed } from './feed.ts'
import { frameFor, type PlacedFrame } from './placed-frame.ts'

type Place = Pick<Follower, 'feed' | 'connection' | 'userId' | 'visibleFrom' | 'seq'>

/** One socket's place in one conversation: it gets every event from there on, in order and once. */
export class Follower {
  readonly feed: Feed
  readonly connection: Connection
  readonly userId: string
  /** The first event that this person may see. */
  readonly visibleFrom: number
  /** The socket has been given all that came after this. */
  #began: number
  #seq: number
  /** The last event that is for this person: he left with it. */
  #lastSeq = Number.POSITIVE_INFINITY
  #isLive = false

  /** Stands where the socket's client says it is, or at the feed's end; gets nothing until it is live. */
  constructor({ feed, connection, userId, visibleFrom, seq }: Place) {
    this.feed = feed
    this.connection = connection
    this.userId = userId
    this.visibleFrom = visibleFrom
    this.#began = seq
    this.#seq = seq
  }

  /** Whether the socket has been given all that came after a seq. */
  hasAllAfter(seq: number): boolean {
    return seq >= this.#began && seq <= this.#seq
  }

  /** The last event that the socket has been given. */
  get seq(): number {
    return this.#seq
  }

  /** Whether nothing more comes: this person has left, or the log broke off. */
  get isEnded(): boolean {
    return this.#lastSeq !== Number.POSITIVE_INFINITY || this.feed.isBroken
  }

  /** Gives the socket an event as it happens; whether it was for it. */
  offer(frame: PlacedFrame): boolean {
    const { seq } = frame
    if (!this.#isLive || seq <= this.#seq || seq > this.#lastSeq) return false
    this.#seq = seq
    this.connection.deliver(frameFor(frame, this.visibleFrom))
    return true
  }

  /** Gives the socket what cannot be numbered, and may get lost. */
  hint(wire: WireFrame): void {
    if (this.#isLive && !this.isEnded) this.connection.deliver(wire)
  }

  /** Ends with an event, which is the last that this person may see. */
  endAfter(seq: number): void {
    this.#lastSeq = Math.min(this.#lastSeq, seq)
  }

  /** Gives the socket what it missed, as fast as it reads, and from then on what happens. */
  async catchUp(): Promise<void> {
    while (this.#seq < Math.min(this.feed.lastSeq, this.#lastSeq) && !this.connection.isClosing) {
      const frames = (await this.feed.read(this.#seq)).filter(({ seq }) => seq <= this.#lastSeq)
      await this.connection.deliverPaced(frames.map((frame) => frameFor(frame, this.visibleFrom)))
      this.#seq = frames.at(-1)?.seq ?? this.#seq
    }
    this.#isLive = true
  }

  /** Begins with what happens from now on. */
  goLive(): void {
    this.#seq = Math.max(this.#seq, this.feed.lastSeq)
    if (!this.#isLive) this.#began = this.#seq
    this.#isLive = true
  }
}
