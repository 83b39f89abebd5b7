import type { Call, CallLeftReason, RtpCapabilities } from '@secureconnect/protocol'
import { type CloseReason, limits } from '@secureconnect/protocol/constants'
import type { Access } from '../access.ts'
import { ApiError, ConnectionError, isTemporary } from '../errors.ts'
import { insist } from '../insist.ts'
import type { Connection } from '../socket/connection.ts'
import { keepSignedIn } from '../socket/keep-signed-in.ts'
import { Link, type LinkState, type Opening } from '../socket/link.ts'
import type { AskRoom, EnteredRoom, SignalingLanguage, SignalingServerFrame } from './frames.ts'

const leaveMs = 1_000
/** Whose line is gone is expected back for half a minute: there is to be time for several attempts. */
const mostWaitMs = 5_000

type LobbyRefusal = Extract<SignalingServerFrame, { type: 'lobby.refused' }>['reason']

/**
 * Why one is in the call no longer: it ended, as `call` says, one left it or was taken out, was not let in, or the
 * service says so.
 */
export type Ending = { reason: CallLeftReason | LobbyRefusal | 'refused' | CloseReason; call?: Call; error?: unknown }

const verdict = (code: 'FORBIDDEN' | 'CALL_ENDED', message: string) => () => new ApiError({ code, message })
const refused: Readonly<Record<LobbyRefusal, () => ApiError>> = {
  denied: verdict('FORBIDDEN', 'A host has not let you into this call.'),
  missed: verdict('FORBIDDEN', 'Nobody has let you into this call in time.'),
  withdrawn: verdict('FORBIDDEN', 'You wait to be let into this call no longer.'),
  banned: verdict('FORBIDDEN', 'A host has taken you out of this call for good.'),
  ended: verdict('CALL_ENDED', 'The call is over.'),
}

/** Where the socket of a call is, as a path with its query, and what shows that one may come in. */
export type Way = { path: string; joinToken: string | undefined }

/** The service names its public address; we have our own way to the same gateway. */
export function toPath(signalingUrl: string): string {
  const { pathname, search } = new URL(signalingUrl)
  return `${pathname}${search}`
}

export type SignalingOptions = {
  access: Access
  callId: string
  way: Way
  /** Asks where the call is now, when it is not where it was; that brings nobody into it, for he may have been taken out. */
  findPath: () => Promise<string>
  rtpCapabilities: RtpCapabilities
  /** One is in the call, for the first time or again. */
  onJoined: (reply: EnteredRoom) => void
  /** One waits to be let in, and is brought in as soon as one is. */
  onWaiting: (call: Call) => void
  onFrame: (frame: SignalingServerFrame) => void
  onState: (state: LinkState) => void
  onEnded: (ending: Ending) => void
}

/** One's place in a call, over a socket that comes back by itself and goes on where the last one ended. */
export class Signaling {
  readonly #options: SignalingOptions
  readonly #link: Link<SignalingLanguage>
  readonly #stopListening: () => void
  #way: Way
  /** Whether the room was found to be elsewhere. */
  #isAstray = false
  #joined = expectConnection()
  #isJoined = false
  #resumeToken: string | undefined
  /** The number of the last push. */
  #seq = 0

  constructor(options: SignalingOptions) {
    this.#options = options
    const { session } = options.access
    this.#way = options.way
    this.#link = new Link<SignalingLanguage>({
      pace: limits.signalingFrames,
      mostWaitMs,
      authorise: (isDoubtful) => this.#authorise(isDoubtful),
      renewToken: () => session.renew(),
      onFrame: (frame) => this.#receive(frame),
      onReady: (connection) => void this.#join(connection),
      onState: (state) => this.#follow(state),
    })
    this.#stopListening = session.on('ended', () => void this.#signOff())
  }

  open(): void {
    this.#link.open()
  }

  /** Waits for the line to be back, should it be gone. */
  readonly ask: AskRoom = async (type, fields) => {
    for (;;) {
      const connection = await this.#joined.promise
      try {
        return await insist(() => connection.ask(type, fields), connection.ended)
      } catch (error) {
        if (!isTemporary(error) || !connection.ended.aborted) throw error
      }
    }
  }

  close(): void {
    this.#stopListening()
    this.#link.close()
    this.#joined.reject(new ConnectionError('The call is over.'))
  }

  /** Whoever is signed out cannot come back, so nobody is to wait for him. */
  async #signOff(): Promise<void> {
    if (this.#isJoined) {
      const connection = await this.#joined.promise
      // Where it does not get through, the others find out by themselves.
      await connection.ask('leave', {}, { timeoutMs: leaveMs }).catch(() => undefined)
    }
    this.#link.close('forbidden')
  }

  /** A node that does not answer, or has the room no longer, is not asked for ever: the call may be at another one. */
  async #authorise(isDoubtful: boolean): Promise<Opening> {
    const { access, findPath, onEnded } = this.#options
    try {
      if (isDoubtful || this.#isAstray) this.#way = { ...this.#way, path: await findPath() }
      this.#isAstray = false
    } catch (error) {
      if (!isTemporary(error)) onEnded({ reason: 'refused', error })
      throw error
    }
    return access.authorise(this.#way.path, isDoubtful)
  }

  async #join(connection: Connection<SignalingLanguage>): Promise<void> {
    const { access, callId: call_id, rtpCapabilities: rtp_capabilities, onJoined, onWaiting, onEnded } = this.#options
    const { joinToken } = this.#way
    void keepSignedIn(connection, access.session)
    const resumption = this.#resumeToken && { resume_token: this.#resumeToken, last_seq: this.#seq }
    const admission = resumption || (joinToken !== undefined && { join_token: joinToken })
    try {
      const reply = await insist(
        () =>
          connection
            .ask('join', { call_id, rtp_capabilities, ...admission })
            .catch((error) => this.#doubt(connection, error)),
        connection.ended,
      )
      if (reply.participant_id === null) return onWaiting(reply.call)
      this.#resumeToken = reply.resume_token
      this.#seq = reply.seq
      this.#isJoined = true
      this.#joined.resolve(connection)
      onJoined(reply)
    } catch (error) {
      if (connection.ended.aborted) return
      if (error instanceof ConnectionError) return connection.abandon()
      onEnded({ reason: 'refused', error })
    }
  }

  /** Whoever says that it is not him who has the room is not asked again. */
  #doubt(connection: Connection<SignalingLanguage>, error: unknown): never {
    this.#isAstray = error instanceof ApiError && error.code === 'SERVICE_UNAVAILABLE'
    if (this.#isAstray) connection.abandon()
    throw error
  }

  #receive(frame: SignalingServerFrame): void {
    if ('seq' in frame) {
      if (frame.seq <= this.#seq) return
      this.#seq = frame.seq
    }
    if (frame.type === 'room.moved') this.#way = { ...this.#way, path: toPath(frame.signaling_url) }
    if (frame.type === 'lobby.admitted') void this.#link.getConnection().then((connection) => this.#join(connection))
    if (frame.type === 'lobby.refused') this.#options.onEnded({ reason: frame.reason, error: refused[frame.reason]() })
    this.#options.onFrame(frame)
  }

  #follow(state: LinkState): void {
    const { onState, onEnded } = this.#options
    if (state.status !== 'open' && this.#isJoined) {
      this.#isJoined = false
      this.#joined = expectConnection()
    }
    onState(state)
    if (state.status === 'closed' && state.reason) onEnded({ reason: state.reason })
  }
}

function expectConnection(): PromiseWithResolvers<Connection<SignalingLanguage>> {
  const expected = Promise.withResolvers<Connection<SignalingLanguage>>()
  // Whether anybody waits for it or not.
  expected.promise.catch(() => undefined)
  return expected
}
