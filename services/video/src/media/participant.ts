import type { CallStanding, RtpCapabilities, SignalingPush, SignalingServerFrame } from '@secureconnect/protocol'
import { type Connection, toWireFrame, type WireFrame } from '@secureconnect/service'
import type { Peer } from './peer.ts'
import { PushLog } from './push-log.ts'
import { Traffic } from './traffic.ts'

/** A push without its number, which each participant counts for himself. */
export type Push = SignalingPush extends infer P ? (P extends SignalingPush ? Omit<P, 'seq'> : never) : never

type Resumption = { connection: Connection; fromSeq: number; isCurrent: () => boolean }
type Identity = { id: string; userId: string; joinedAt: Date; standing: CallStanding }

/** Somebody in a room: what he was told, his line while he has one, and his media. */
export class Participant {
  readonly id: string
  readonly userId: string
  readonly joinedAt: Date
  standing: CallStanding
  /** Whether the others have heard of him. */
  isKnown = false
  /** By the call's row: a connection with a lower number was replaced. */
  connectionNumber = 0
  /** By which he came last: what he sends and receives ends with it. */
  sessionId: string | undefined
  rtpCapabilities: RtpCapabilities | undefined
  peer: Peer | undefined
  readonly traffic = new Traffic()
  /** The last connection of his that broke off. */
  lostNumber: number | undefined
  #connection: Connection | undefined
  readonly #log = new PushLog()

  constructor({ id, userId, joinedAt, standing }: Identity) {
    this.id = id
    this.userId = userId
    this.joinedAt = joinedAt
    this.standing = standing
  }

  get connection(): Connection | undefined {
    return this.#connection
  }

  /** The number of the last push. */
  get seq(): number {
    return this.#log.seq
  }

  /** Tells him something in order: now, or when he is back. */
  push(push: Push): void {
    const frame = toWireFrame({ ...push, seq: this.#log.seq + 1 })
    this.#log.add(frame)
    this.#connection?.deliver(frame)
  }

  /** Tells him something that is not worth being told late. */
  deliver(frame: WireFrame): void {
    this.#connection?.deliver(frame)
  }

  /** Whether he can be told all that he missed after `seq`. */
  canReplay(seq: number): boolean {
    return this.#log.after(seq) !== undefined
  }

  /** Gives him a line; where he had another, that is replaced. */
  attach(connection: Connection): void {
    this.detach()?.close('replaced')
    this.#connection = connection
  }

  /** Takes his line away, and answers it. */
  detach(): Connection | undefined {
    const connection = this.#connection
    this.#connection = undefined
    return connection
  }

  /**
   * Tells a new line what he missed, as fast as it reads; as soon as it is up to date it is his. So is one that ends
   * meanwhile: it is missed as any other.
   */
  async resume({ connection, fromSeq, isCurrent }: Resumption): Promise<void> {
    for (let seq = fromSeq; seq < this.seq && isCurrent() && !connection.isClosing; ) {
      const missed = this.#log.after(seq)
      if (missed) await connection.deliverPaced(missed)
      else connection.close('tooSlow')
      seq += missed?.length ?? 0
    }
    if (isCurrent()) this.attach(connection)
  }
}

/** Makes a frame that is the same for everybody and may be missed. */
export function toPassingFrame(frame: Exclude<SignalingServerFrame, SignalingPush>): WireFrame {
  return toWireFrame(frame, { isDroppable: true })
}
