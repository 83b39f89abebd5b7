import { isDeepStrictEqual } from 'node:util'
import type { RoomParticipant, RtpCapabilities, SignalingServerFrame, WaitingPerson } from '@secureconnect/protocol'
import { type Connection, toWireFrame } from '@secureconnect/service'
import type { Line } from '../calls/attendance.ts'
import type { CallState } from '../calls/call-state.ts'
import { toStanding } from '../calls/to-call.ts'
import { callEnded, held, inCallNoLonger, lineReplaced, roomElsewhere } from '../errors.ts'
import type { MediaEvents } from '../events/media-events.ts'
import type { RecordingDesk } from '../recording/recording-desk.ts'
import { RoomRecorder } from '../recording/room-recorder.ts'
import type { ParticipantRow } from '../stores/participants.ts'
import { describeParticipant } from './describe-participant.ts'
import { listMisnoted } from './list-misnoted.ts'
import { Lobby } from './lobby.ts'
import type { MostBitrates } from './most-bitrates.ts'
import { Participant } from './participant.ts'
import type { Publication } from './peer.ts'
import { RoomEncryption } from './room-encryption.ts'
import { RoomMedia } from './room-media.ts'
import { RoomNews } from './room-news.ts'
import type { Tap } from './tap.ts'
import { tellChanges } from './tell-changes.ts'
import type { WorkerPool } from './worker-pool.ts'

export type RoomOptions = {
  callId: string
  pool: WorkerPool
  events: MediaEvents
  desk: RecordingDesk
  mostBitrates: MostBitrates
}

/** Somebody who comes, by his row in the call, on a line that has his number. */
type Entry = {
  row: ParticipantRow
  connection: Connection
  rtpCapabilities: RtpCapabilities
  /** The connection that he had before, and the last push that came on it. */
  resume: { connection: number; seq: number } | undefined
}

/** What somebody can play, and whether his line is still the last that he came on. */
type Seating = { rtpCapabilities: RtpCapabilities; isCurrent: () => boolean }

/** Who of one call is here, and what they are told; their streams are its `media`. */
export class Room {
  readonly callId: string
  readonly media: RoomMedia
  readonly lobby = new Lobby()
  readonly recorder: RoomRecorder
  readonly #people = new Map<string, Participant>()
  readonly #news = new RoomNews(this.#people)
  readonly encryption = new RoomEncryption(this.#people, this.#news)
  #state: CallState | undefined
  #isClosed = false

  constructor({ callId, pool, events, desk, mostBitrates }: RoomOptions) {
    this.callId = callId
    this.media = new RoomMedia({
      callId,
      pool,
      events,
      people: this.#people,
      mostBitrates,
      publishedChanged: (participant) => this.#news.tellUpdated(participant),
      published: ({ userId }, publication) => this.recorder.published(publication, userId),
      gone: () => this.#closeLines('mediaGone'),
    })
    this.recorder = new RoomRecorder(this, desk)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether somebody has answered the call, and it goes on. */
  get isActive(): boolean {
    return this.#state?.call.status === 'active'
  }

  /** The version of the call that this room knows. */
  get version(): number {
    return this.#state?.call.version ?? 0
  }

  get people(): readonly Participant[] {
    return [...this.#people.values()]
  }

  has(participant: Participant): boolean {
    return this.#people.get(participant.id) === participant
  }

  /**
   * Lets somebody in, or in again: where he goes on from his last line, his media stay as they were and he is told what
   * he missed; else he gets a new place. Answers which of both it is.
   */
  async enter({ row, connection, rtpCapabilities, resume }: Entry): Promise<{
    participant: Participant
    recovered: boolean
  }> {
    if (this.#isClosed) throw this.#state?.call.ended_at ? callEnded() : roomElsewhere()
    // What happened to him since he was written down, the room may have heard already.
    const current = this.#state?.participants.find(({ participant_id }) => participant_id === row.participant_id)
    if (!current) throw inCallNoLonger()
    const participant = this.#people.get(row.participant_id) ?? this.#admit(current)
    // Two lines at the same moment may come in the other order.
    if (row.connection <= participant.connectionNumber) throw lineReplaced()
    const isNext = resume?.connection === participant.connectionNumber
    const from = isNext && participant.peer && participant.canReplay(resume.seq) ? resume.seq : undefined
    const wasAway = participant.connection === undefined
    participant.detach()?.close('replaced')
    participant.connectionNumber = row.connection
    participant.sessionId = row.session_id
    const isCurrent = () => participant.connectionNumber === row.connection && this.has(participant)
    if (from === undefined) await this.#seatAnew(participant, { rtpCapabilities, isCurrent })
    await participant.resume({ connection, fromSeq: from ?? participant.seq, isCurrent })
    if (!isCurrent()) throw lineReplaced()
    this.#news.tellEntered(participant, { wasAway, recovered: from !== undefined })
    // Who goes on where he was is told of all keys that he missed.
    if (from === undefined) this.encryption.renewKeys(participant)
    return { participant, recovered: from !== undefined }
  }

  /** Expects those who were here before the room was lost. */
  expect(rows: readonly ParticipantRow[]): void {
    for (const row of rows) if (!this.#people.has(row.participant_id)) this.#admit(row).isKnown = true
  }

  /** Notes that a line is gone; whose it was may come back. False where he has another one by now. */
  loseLine(participant: Participant, connection: Connection): boolean {
    if (participant.connection !== connection || !this.has(participant)) return false
    participant.detach()
    participant.lostNumber = participant.connectionNumber
    this.#news.tellOthers(participant, { type: 'participant.reconnecting', participant_id: participant.id })
    return true
  }

  /** Notes that a session is over, and with it the media of who came by it; false where nobody did. */
  shutOut(sessionId: string): boolean {
    const shut = this.people.filter((participant) => participant.sessionId === sessionId)
    for (const participant of shut) {
      if (participant.connection) this.loseLine(participant, participant.connection)
      this.silence(participant)
    }
    return shut.length > 0
  }

  /** Lets nothing through any more of who is signed in no longer; he may come back once he is again. */
  silence(participant: Participant): void {
    participant.peer?.close()
    participant.peer = undefined
    this.#news.tellUpdated(participant)
  }

  /** The lines of which the call says something else than what is so. */
  listMisnoted(): Line[] {
    return this.#state ? listMisnoted(this.#state, this.#people) : []
  }

  /** Brings the room to how the call stands now: who has left is gone, and with the call all are. */
  apply(state: CallState): void {
    if (this.#isClosed || state.call.version <= this.version) return
    const before = this.#state?.call
    this.#state = state
    this.encryption.follow(state.call)
    if (before) tellChanges(this.people, before, state)
    this.recorder.follow(state)
    if (state.call.ended_at !== null) {
      this.lobby.tell(state, [])
      return this.close()
    }
    const present = new Set(state.participants.map(({ participant_id }) => participant_id))
    const leaving = this.people.filter(({ id }) => !present.has(id))
    for (const participant of leaving) this.#remove(participant, state)
    if (leaving.length > 0) this.encryption.renewKeys()
    for (const row of state.participants) this.#stand(row)
    this.lobby.tell(state, this.people)
  }

  /** What everybody publishes, for a recorder. */
  listPublished(): { publication: Publication; userId: string }[] {
    return this.people.flatMap(({ peer, userId }) =>
      (peer?.publications ?? []).map((publication) => ({ publication, userId })),
    )
  }

  tap(publication: Publication, port: number): Promise<Tap> {
    return this.media.tap(publication, port)
  }

  /** How the others look to somebody. */
  describeOthers(participant: Participant): RoomParticipant[] {
    return this.people.filter((other) => other !== participant).map(describeParticipant)
  }

  /** Who waits to be let in, as far as somebody may know it. */
  describeWaiting(participant: Participant): WaitingPerson[] {
    return this.#state ? this.lobby.describe(this.#state, participant) : []
  }

  /** Has a line wait to be told whether its person is let in; `over` is told when it does no longer. */
  wait(connection: Connection, waiting: { userId: string; over: () => void }): void {
    this.lobby.add(connection, waiting)
    // He may have been let in meanwhile.
    if (this.#state) this.lobby.tell(this.#state, [])
  }

  sendData(from: Participant, { data, isEncrypted }: { data: string; isEncrypted: boolean }): void {
    if (from.standing.role === 'listener') throw held()
    this.encryption.assertFits(isEncrypted)
    this.#news.tellOthers(from, { type: 'data', participant_id: from.id, data, is_encrypted: isEncrypted })
  }

  /** Pauses or resumes what somebody publishes. */
  async setPaused(participant: Participant, producerId: string, isPaused: boolean): Promise<void> {
    if (await this.media.setPaused(participant, producerId, isPaused)) this.#news.tellUpdated(participant)
  }

  /** Ends the room here; its lines stay open, and nobody is in it any more. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    void this.recorder.close()
    this.media.close()
    for (const participant of this.people) participant.detach()
    this.#people.clear()
  }

  /** Ends the room because it is somewhere else now, or will be: its people come back there, at once if told where. */
  sendAway(signalingUrl?: string): void {
    if (signalingUrl !== undefined) this.#tellLines({ type: 'room.moved', signaling_url: signalingUrl })
    this.#closeLines('restart')
    this.close()
  }

  #admit(row: ParticipantRow): Participant {
    const { participant_id: id, user_id: userId, joined_at: joinedAt } = row
    const participant = new Participant({ id, userId, joinedAt, standing: toStanding(row) })
    this.#people.set(id, participant)
    return participant
  }

  async #seatAnew(participant: Participant, { rtpCapabilities, isCurrent }: Seating): Promise<void> {
    participant.rtpCapabilities = rtpCapabilities
    try {
      await this.media.seat(participant, isCurrent)
    } catch (error) {
      // Another line of his that came meanwhile speaks for him now.
      if (isCurrent()) {
        if (!participant.isKnown) this.#people.delete(participant.id)
        participant.lostNumber = participant.connectionNumber
      }
      throw error
    }
  }

  /** Has somebody be what the call says he is: nothing of what is held goes through from now on. */
  #stand(row: ParticipantRow): void {
    const participant = this.#people.get(row.participant_id)
    const standing = toStanding(row)
    if (!participant || isDeepStrictEqual(standing, participant.standing)) return
    participant.standing = standing
    const told = () => {
      // He hears of it too.
      this.#news.tellUpdated(participant)
      participant.push({ type: 'participant.updated', participant: describeParticipant(participant) })
    }
    // A worker that dies meanwhile lets nothing through, and what is made anew is held from the beginning.
    this.media.restrain(participant).then(told, told)
  }

  #remove(participant: Participant, { left }: CallState): void {
    const reason = left.find(({ participant_id }) => participant_id === participant.id)?.left_reason ?? null
    // He hears of it too, if he has a line.
    for (const one of this.#people.values()) {
      one.push({ type: 'participant.left', participant_id: participant.id, reason })
    }
    this.#people.delete(participant.id)
    participant.peer?.close()
    participant.detach()
  }

  #tellLines(frame: SignalingServerFrame): void {
    const told = toWireFrame(frame)
    for (const participant of this.#people.values()) participant.deliver(told)
    this.lobby.deliver(told)
  }

  #closeLines(reason: 'restart' | 'mediaGone'): void {
    for (const { connection } of this.#people.values()) connection?.close(reason)
    this.lobby.close(reason)
  }
}
