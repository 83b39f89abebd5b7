import type { Connection } from '@secureconnect/service'
import { inAnotherCall, notInCall } from '../errors.ts'
import type { Participant } from './participant.ts'
import type { Room } from './room.ts'

/** Somebody's place: the room that his socket is in, and who he is there. */
export type Seat = { readonly room: Room; readonly participant: Participant }

/** Which sockets are in which rooms, on their way into one, or wait to be let into one. */
export class Seats {
  readonly #seats = new Map<Connection, Seat | 'entering'>()
  readonly #waiting = new Map<Connection, Room>()

  /** Where a socket is; refused while it is nowhere. */
  get(connection: Connection): Seat {
    const seat = this.#seats.get(connection)
    if (!seat || seat === 'entering' || !seat.room.has(seat.participant)) throw notInCall()
    return seat
  }

  /** The room that a socket is in, or waits to be let into. */
  getRoom(connection: Connection): Room {
    return this.#waiting.get(connection) ?? this.get(connection).room
  }

  /** All who are in some room. */
  listPeople(): Participant[] {
    return [...this.#seats.values()].flatMap((seat) => (seat === 'entering' ? [] : seat.participant))
  }

  /** Does what brings a socket that is in no room into one, or has it wait for one: meanwhile it comes into no other. */
  async bringIn<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
    const seat = this.#seats.get(connection)
    if (seat === 'entering' || seat?.room.has(seat.participant)) throw inAnotherCall()
    this.#seats.set(connection, 'entering')
    try {
      return await work()
    } finally {
      if (this.#seats.get(connection) === 'entering') this.#seats.delete(connection)
    }
  }

  take(connection: Connection, seat: Seat): void {
    this.#seats.set(connection, seat)
  }

  /** Has a socket wait until its person is let in, instead of wherever else it waited. */
  wait(connection: Connection, { room, userId }: { room: Room; userId: string }): void {
    this.stopWaiting(connection)
    this.#waiting.set(connection, room)
    room.wait(connection, { userId, over: () => this.#waiting.delete(connection) })
  }

  stopWaiting(connection: Connection): void {
    this.#waiting.get(connection)?.lobby.remove(connection)
  }

  /** Gives up whatever place a socket has; answers the one that it had in a room. */
  leave(connection: Connection): Seat | undefined {
    this.stopWaiting(connection)
    const seat = this.#seats.get(connection)
    this.#seats.delete(connection)
    return seat === 'entering' ? undefined : seat
  }
}
