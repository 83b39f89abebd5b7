import type { RtpCapabilities } from '@secureconnect/protocol'
import { type Connection, repeat } from '@secureconnect/service'
import { type CallState, isOver } from '../calls/call-state.ts'
import { findState } from '../calls/find-call.ts'
import { noteParticipantBack, noteRoomLines } from '../calls/note-presence.ts'
import type { Context } from '../context.ts'
import { callEnded, callNotFound, inAnotherCall, inCallNoLonger, notInCall, roomElsewhere } from '../errors.ts'
import { lookAtRooms } from '../quality/look-at-rooms.ts'
import { listVersions } from '../stores/calls.ts'
import { giveRoom, type Holder, keepRooms } from '../stores/rooms.ts'
import { giveBackRoom, type Opened, type Opening, openRoom } from './open-room.ts'
import type { Participant } from './participant.ts'
import type { Room } from './room.ts'

const leaseMs = 10_000
const keepEveryMs = 3_000

type Needed = Opening & Pick<Context, 'config' | 'revocations'>

/** Somebody's place: the room that his socket is in, and who he is there. */
export type Seat = { readonly room: Room; readonly participant: Participant }

type Entering = {
  callId: string
  participantId: string
  sessionId: string
  connection: Connection
  rtpCapabilities: RtpCapabilities
  resume: { connection: number; seq: number } | undefined
}

/** A node, and where people connect to it. */
type Destination = { node: string; signalingUrl: string }

type Waiting = { connection: Connection; userId: string }

/** The rooms that this process has, each by a lease, and which sockets are in them. */
export class Rooms implements AsyncDisposable {
  readonly #context: Needed
  readonly #holder: Holder
  readonly #rooms = new Map<string, Promise<Opened>>()
  /** Rooms that end here and whose leases are still being given back. */
  readonly #closing = new Map<string, Promise<void>>()
  readonly #seats = new Map<Connection, Seat | 'entering'>()
  /** Lines that wait to be let into a room. */
  readonly #waiting = new Map<Connection, Room>()
  readonly #keeping: AsyncDisposable
  readonly #measuring: AsyncDisposable
  /** What is being written down about lines that are gone. */
  readonly #notes = new Set<Promise<void>>()
  #isLeaving = false

  constructor(context: Needed) {
    this.#context = context
    this.#holder = { node: context.config.videoNode, holder: context.desk.holder, leaseMs }
    const { log } = context
    this.#keeping = repeat({ name: 'rooms', everyMs: keepEveryMs, log, work: () => this.#keep() })
    const everyMs = context.config.callQualityMs
    this.#measuring = repeat({
      name: 'call quality',
      everyMs,
      log,
      work: async () => lookAtRooms(await this.#settled(), log),
    })
    context.revocations.onRevoked((sessionId) => this.#shutOut(sessionId))
  }

  /** By whom this process has its rooms. */
  get holder(): string {
    return this.#holder.holder
  }

  get count(): number {
    return this.#rooms.size
  }

  /** Whether no room is opened here any more. */
  get isLeaving(): boolean {
    return this.#isLeaving
  }

  /** Opens no rooms from now on; done when those that were being opened are there. */
  async leave(): Promise<void> {
    this.#isLeaving = true
    await this.#settled()
  }

  /** Has one room go on at another node, where its people come back. */
  async moveOne({ node, signalingUrl }: Destination): Promise<void> {
    const [opened] = await this.#settled()
    if (!opened) return
    const { room } = opened
    const { callId, people } = room
    const isGiven = await giveRoom(this.#context.sql.background, callId, { ...this.#holder, node })
    if (isGiven) this.#context.events.roomMoved(callId, { node, people: people.length })
    await this.#close(room, () => room.sendAway(isGiven ? signalingUrl : undefined))
  }

  /** Where a socket is; refused while it is nowhere. */
  getSeat(connection: Connection): Seat {
    const seat = this.#seats.get(connection)
    if (!seat || seat === 'entering' || !seat.room.has(seat.participant)) throw notInCall()
    return seat
  }

  /** The room that a socket is in, or waits to be let into. */
  getRoom(connection: Connection): Room {
    return this.#waiting.get(connection) ?? this.getSeat(connection).room
  }

  /** All who are in some room here. */
  listSeated(): Participant[] {
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

  /** Brings a participant of a call into its room, on a socket that is being brought in. */
  async enter(entering: Entering) {
    const { connection } = entering
    this.#stopWaiting(connection)
    const entered = await this.#enter(entering)
    this.#seats.set(connection, entered)
    // A line that broke meanwhile has been told of already.
    if (connection.isClosing) this.ended(connection)
    return entered
  }

  /** Has a socket that is being brought in wait until its person is let in; refused where the room is elsewhere. */
  async wait(state: CallState, { connection, userId }: Waiting): Promise<void> {
    const { room } = await this.#open(state.call.call_id)
    this.#stopWaiting(connection)
    this.#apply(room, state)
    this.#waiting.set(connection, room)
    room.wait(connection, { userId, over: () => this.#waiting.delete(connection) })
    if (connection.isClosing) this.ended(connection)
  }

  /** Hears how a call stands, from who has just changed it. */
  hear(state: CallState): void {
    const { call_id: callId } = state.call
    // A room that could not be opened has told so to who wanted it.
    const hear = this.#rooms.get(callId)?.then(
      ({ room }) => this.#apply(room, state),
      () => undefined,
    )
    hear?.catch((error) => this.#context.events.roomFailed(callId, error))
  }

  /** Opening a socket is no coming into a call. */
  ready(): void {}

  /** A socket is gone: who was on it is expected back. */
  ended(connection: Connection): void {
    this.#stopWaiting(connection)
    const seat = this.#seats.get(connection)
    this.#seats.delete(connection)
    if (!seat || seat === 'entering') return
    if (seat.room.loseLine(seat.participant, connection)) this.#note(seat.room)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#keeping[Symbol.asyncDispose]()
    await this.#measuring[Symbol.asyncDispose]()
    await Promise.all(this.#notes)
    for (const { room } of await this.#settled()) await this.#close(room, () => room.sendAway())
    await Promise.all(this.#closing.values())
  }

  /** Whoever is signed out need not close his socket for his media to end, nor have one. */
  #shutOut(sessionId: string): void {
    const shutOut = ({ room }: Opened) => {
      if (room.shutOut(sessionId)) this.#note(room)
    }
    for (const opening of this.#rooms.values()) opening.then(shutOut, () => undefined)
  }

  #stopWaiting(connection: Connection): void {
    this.#waiting.get(connection)?.lobby.remove(connection)
  }

  async #enter({ callId, participantId, sessionId, ...entering }: Entering) {
    const { room, measures } = await this.#open(callId)
    const { holder } = this.#holder
    const { roomId } = measures
    const back = { callId, holder, roomId, participantId, sessionId }
    const state = await noteParticipantBack(this.#context, back)
    if (!state) throw callNotFound()
    this.#apply(room, state)
    const row = state.participants.find(({ participant_id }) => participant_id === participantId)
    if (!row) throw isOver(state) ? callEnded() : inCallNoLonger()
    try {
      const entered = await room.enter({ row, ...entering })
      measures.follow(entered.participant)
      return { ...entered, room, state, row }
    } catch (error) {
      await this.#correct(room)
      throw error
    }
  }

  #open(callId: string): Promise<Opened> {
    const known = this.#rooms.get(callId)
    if (known) return known
    if (this.#isLeaving) throw roomElsewhere()
    const opening = this.#openAnew(callId)
    this.#rooms.set(callId, opening)
    opening.catch(() => this.#rooms.delete(callId))
    return opening
  }

  async #openAnew(callId: string): Promise<Opened> {
    // What ends the lease of the room before would end this one's.
    await this.#closing.get(callId)
    const hear = (room: Room, state: CallState) => this.#apply(room, state)
    return openRoom(this.#context, callId, { holder: this.#holder, hear })
  }

  #apply(room: Room, state: CallState): void {
    room.apply(state)
    if (room.isClosed) void this.#close(room, () => undefined)
  }

  #note(room: Room): void {
    const note = this.#correct(room).finally(() => this.#notes.delete(note))
    this.#notes.add(note)
  }

  /** Has the call say who is connected: somebody's line is gone, or the call was wrong about it. */
  async #correct(room: Room): Promise<void> {
    const { callId } = room
    const lines = room.listMisnoted()
    if (lines.length === 0) return
    try {
      const state = await noteRoomLines(this.#context, { callId, holder: this.#holder.holder, lines })
      if (state) this.#apply(room, state)
    } catch (error) {
      this.#context.log.warn({ error, call_id: callId }, 'who is connected is written down later')
    }
  }

  async #close(room: Room, end: () => void): Promise<void> {
    const { callId } = room
    const opening = this.#rooms.get(callId)
    const opened = await opening?.catch(() => undefined)
    end()
    if (opened?.room !== room || this.#rooms.get(callId) !== opening) return
    this.#rooms.delete(callId)
    const closing = giveBackRoom(this.#context, opened, this.#holder).finally(() => this.#closing.delete(callId))
    this.#closing.set(callId, closing)
    await closing
  }

  async #settled(): Promise<Opened[]> {
    const settled = await Promise.allSettled(this.#rooms.values())
    return settled.flatMap((opened) => (opened.status === 'fulfilled' ? opened.value : []))
  }

  /** Keeps the leases, makes up for news that got lost, and ends rooms in which nobody is. */
  async #keep(): Promise<void> {
    const { sql } = this.#context
    const opened = await this.#settled()
    if (opened.length === 0) return
    const callIds = opened.map(({ room }) => room.callId)
    const kept = new Set(await keepRooms(sql.background, callIds, this.#holder))
    const versions = new Map((await listVersions(sql.background, callIds)).map((row) => [row.call_id, row.version]))
    for (const one of opened) {
      const { room } = one
      const version = versions.get(room.callId)
      if (!kept.has(room.callId) || version === undefined) await this.#close(room, () => room.sendAway())
      else if (version > room.version) await this.#catchUp(room)
      await this.#correct(room)
      await this.#closeIfEmpty(one)
    }
  }

  async #catchUp(room: Room): Promise<void> {
    const state = await findState(this.#context.sql.background, room.callId)
    if (state) this.#apply(room, state)
  }

  async #closeIfEmpty(opened: Opened): Promise<void> {
    const { room } = opened
    if (room.people.length > 0 || !room.lobby.isEmpty) opened.emptySince = undefined
    else opened.emptySince ??= performance.now()
    const { emptySince = Number.POSITIVE_INFINITY } = opened
    // Somebody may be on his way in.
    if (performance.now() - emptySince > leaseMs) await this.#close(room, () => room.close())
  }
}
