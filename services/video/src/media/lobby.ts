import { isDeepStrictEqual } from 'node:util'
import type { SignalingServerFrame, WaitingPerson } from '@secureconnect/protocol'
import { type Connection, toWireFrame, type WireFrame } from '@secureconnect/service'
import { type CallState, findAdmission, isOver } from '../calls/call-state.ts'
import { isModerator } from '../calls/moderation.ts'
import { toWaiting } from '../calls/to-call.ts'
import type { Participant } from './participant.ts'

/** What somebody who waited is told, once he does no longer. */
function toVerdict(state: CallState, userId: string): SignalingServerFrame | undefined {
  const { call_id } = state.call
  if (isOver(state)) return { type: 'lobby.refused', call_id, reason: 'ended' }
  const status = findAdmission(state, userId)?.status ?? 'withdrawn'
  if (status === 'waiting') return undefined
  return status === 'admitted'
    ? { type: 'lobby.admitted', call_id }
    : { type: 'lobby.refused', call_id, reason: status }
}

type Waiting = {
  userId: string
  /** Told when the line waits no longer, whyever that is. */
  over: () => void
}

/** The lines of those who wait to be let into a room, and what its moderators know of them. */
export class Lobby {
  readonly #lines = new Map<Connection, Waiting>()
  readonly #told = new WeakMap<Participant, readonly WaitingPerson[]>()

  get isEmpty(): boolean {
    return this.#lines.size === 0
  }

  add(connection: Connection, waiting: Waiting): void {
    this.#lines.set(connection, waiting)
  }

  remove(connection: Connection): void {
    this.#lines.get(connection)?.over()
    this.#lines.delete(connection)
  }

  /** Tells those who wait whether they are let in, and moderators who waits; each what is news to him. */
  tell(state: CallState, people: Iterable<Participant>): void {
    for (const [connection, { userId }] of this.#lines) {
      const verdict = toVerdict(state, userId)
      if (!verdict) continue
      this.remove(connection)
      connection.deliver(toWireFrame(verdict))
    }
    for (const participant of people) {
      const known = this.#told.get(participant) ?? []
      const waiting = this.describe(state, participant)
      if (!isDeepStrictEqual(waiting, known)) participant.push({ type: 'lobby.waiting', waiting: [...waiting] })
    }
  }

  /** Who waits, as somebody may know it; he is not told it again until it is another list. */
  describe(state: CallState, participant: Participant): WaitingPerson[] {
    const waiting = isModerator(participant.standing) ? toWaiting(state) : []
    this.#told.set(participant, waiting)
    return waiting
  }

  /** Tells all who wait the same. */
  deliver(frame: WireFrame): void {
    for (const connection of this.#lines.keys()) connection.deliver(frame)
  }

  /** Sends those who wait away: they go on waiting where the room is next. */
  close(reason: 'restart' | 'mediaGone'): void {
    for (const connection of this.#lines.keys()) {
      this.remove(connection)
      connection.close(reason)
    }
  }
}
