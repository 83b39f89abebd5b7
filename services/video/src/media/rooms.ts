import type { RtpCapabilities } from '@secureconnect/protocol'
import { type Connection, repeat } from '@secureconnect/service'
import { type CallState, isOver } from '../calls/call-state.ts'
import { findState } from '../calls/find-call.ts'
import { noteParticipantBack, noteRoomLines } from '../calls/note-presence.ts'
import type { Context } from '../context.ts'
import { callEnded, callNotFound, inCallNoLonger, roomElsewhere } from '../errors.ts'
import { lookAtRooms } from '../quality/look-at-rooms.ts'
import { listVersions } from '../stores/calls.ts'
import { giveRoom, type Holder, keepRooms } from '../stores/rooms.ts'
import { giveBackRoom, type Opened, type Opening, openRoom } from './open-room.ts'
import type { Room } from './room.ts'
import { Seats } from './seats.ts'

const leaseMs = 10_000
const keepEveryMs = 3_000

type Needed = Opening & Pick<Context, 'config' | 'revocations'>

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

/** Whether whoever is on a line did not renew his token in time: he has media no longer than the line. */
function hasRunOut({ caller }: Connection): boolean {
  return caller !== undefined && caller.expiresAt.getTime() <= Date.now()
}

/** The rooms that this process has, each by a lease, and which sockets are in them. */
export class Rooms implements AsyncDisposable {
  readonly seats = new Seats()
  readonly #context: Needed
  readonly #holder: Holder
  readonly #rooms = new Map<string, Promise<Opened>>()
  /** Rooms that end here and whose leases are still being given back. */
  readonly #closing = new Map<string, Promise<void>>()
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

  /** Brings a participant of a call into its room, on a socket that is being brought in. */
  async enter(entering: Entering) {
    const { connection } = entering
    this.seats.stopWaiting(connection)
    const entered = await this.#enter(entering)
    this.seats.take(connection, entered)
    // A line that broke meanwhile has been told of already.
    if (connection.isClosing) this.ended(connection)
    return entered
  }

  /** Has a socket that is being brought in wait until its person is let in; refused where the room is elsewhere. */
  async wait(state: CallState, { connection, userId }: Waiting): Promise<void> {
    const { room } = await this.#open(state.call.call_id)
    this.#apply(room, state)
    this.seats.wait(connection, { room, userId })
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
    const seat = this.seats.leave(connection)
    if (!seat?.room.loseLine(seat.participant, connection)) return
    if (hasRunOut(connection)) seat.room.silence(seat.participant)
    this.#note(seat.room)
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
    this.#context.events.callsCounted(opened.filter(({ room }) => room.isActive).length)
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
