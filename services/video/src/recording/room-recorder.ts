import { setTimeout as delay } from 'node:timers/promises'
import type { RecordingCut, RecordingStopReason } from '@secureconnect/protocol'
import type { CallState } from '../calls/call-state.ts'
import type { Publication } from '../media/peer.ts'
import type { Tap } from '../media/tap.ts'
import type { RecordingDesk } from './recording-desk.ts'
import { TrackRecorder } from './track-recorder.ts'

const tryAgainMs = 1_000

/** What a room lets be recorded. */
export type RecordedRoom = {
  readonly callId: string
  listPublished(): readonly { publication: Publication; userId: string }[]
  tap(publication: Publication, port: number): Promise<Tap>
  apply(state: CallState): void
}

type Session = {
  recordingId: string
  stopping: AbortController
  reason: RecordingCut
  /** When it began, by the clock of this process; undefined while it waits for its turn. */
  begunAt: number | undefined
  tracks: Set<TrackRecorder>
  done: Promise<void>
}

/** Records what is published in a room, as long as its call says that everybody in it is recorded. */
export class RoomRecorder {
  readonly #room: RecordedRoom
  readonly #desk: RecordingDesk
  readonly #ending = new Set<Promise<void>>()
  readonly #closing = new AbortController()
  #session: Session | undefined

  constructor(room: RecordedRoom, desk: RecordingDesk) {
    this.#room = room
    this.#desk = desk
  }

  /** Brings what is recorded to what the call says. */
  follow({ call: { recording_id: recordingId } }: CallState): void {
    if (recordingId === (this.#session?.recordingId ?? null)) return
    this.#end('stopped')
    if (recordingId !== null) this.#session = this.#begin(recordingId)
  }

  /** Somebody publishes something. */
  published(publication: Publication, userId: string): void {
    const session = this.#session
    if (!session || session.begunAt === undefined || session.stopping.signal.aborted) return
    const { recordingId, begunAt } = session
    const track = new TrackRecorder({
      desk: this.#desk,
      publication,
      userId,
      recordingId,
      clock: () => performance.now() - begunAt,
      tap: (port) => this.#room.tap(publication, port),
    })
    session.tracks.add(track)
    const forget = () => session.tracks.delete(track)
    track.done.then(forget, (error) => {
      forget()
      this.#desk.noteTrouble(recordingId, error)
    })
  }

  /** Records nothing more here; the call may say still that it is recorded, and another room goes on with it. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#end('moved')
    await Promise.all(this.#ending)
  }

  #begin(recordingId: string): Session {
    const session: Session = {
      recordingId,
      stopping: new AbortController(),
      reason: 'stopped',
      begunAt: undefined,
      tracks: new Set(),
      done: Promise.resolve(),
    }
    session.done = this.#record(session).catch((error) => this.#desk.noteTrouble(recordingId, error))
    return session
  }

  #end(reason: RecordingCut): void {
    const session = this.#session
    this.#session = undefined
    if (!session) return
    stopSession(session, reason)
    this.#ending.add(session.done)
    void session.done.finally(() => this.#ending.delete(session.done))
  }

  async #record(session: Session): Promise<void> {
    const { signal } = session.stopping
    using slot = await this.#desk.recordings.take(signal)
    if (!slot) return
    using _watched = this.#desk.watch({
      callId: this.#room.callId,
      recordingId: session.recordingId,
      stop: () => stopSession(session, 'no_room'),
    })
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    if (await this.#announce(session)) {
      for (const { publication, userId } of this.#room.listPublished()) this.published(publication, userId)
      await aborted
    }
    await Promise.allSettled([...session.tracks].map((track) => track.done))
    if (session.reason === 'no_room') await this.#giveUp(session, 'no_room')
  }

  /** Has everybody told that it begins; answers whether it does. While the database is away that has to wait. */
  async #announce(session: Session): Promise<boolean> {
    const { recordingId, stopping } = session
    const begun = await this.#insist(stopping.signal, recordingId, async () => {
      const fault = await this.#desk.findFault()
      return fault ?? this.#desk.begin({ callId: this.#room.callId, recordingId })
    })
    if (begun === undefined) return false
    if (typeof begun === 'string') {
      await this.#giveUp(session, begun)
      return false
    }
    session.begunAt = performance.now() - begun.elapsedMs
    this.#room.apply(begun.state)
    return !stopping.signal.aborted
  }

  /** Has everybody told that it cannot go on; the files that there are go to the store all the same. */
  async #giveUp({ recordingId }: Session, reason: RecordingStopReason): Promise<void> {
    const place = { callId: this.#room.callId, recordingId }
    const state = await this.#insist(this.#closing.signal, recordingId, () => this.#desk.giveUp(place, reason))
    if (state) this.#room.apply(state)
  }

  async #insist<T>(signal: AbortSignal, recordingId: string, work: () => Promise<T>): Promise<T | undefined> {
    while (!signal.aborted) {
      try {
        return await work()
      } catch (error) {
        this.#desk.noteTrouble(recordingId, error)
        await delay(tryAgainMs, undefined, { signal }).catch(() => undefined)
      }
    }
    return undefined
  }
}

/** Ends what is recorded, at once: what happens to the media next is no reason any more. */
function stopSession(session: Session, reason: RecordingCut): void {
  if (session.stopping.signal.aborted) return
  session.reason = reason
  session.stopping.abort()
  for (const track of session.tracks) track.stop(reason)
}
