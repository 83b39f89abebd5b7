import type { RtpCapabilities } from '@secureconnect/protocol'
import { type CloseReason, limits } from '@secureconnect/protocol/constants'
import type { Access } from '../access.ts'
import { ConnectionError } from '../errors.ts'
import { insist } from '../insist.ts'
import type { Connection } from '../socket/connection.ts'
import { keepSignedIn } from '../socket/keep-signed-in.ts'
import { Link, type LinkState } from '../socket/link.ts'
import type { AskRoom, JoinReply, SignalingLanguage, SignalingServerFrame } from './frames.ts'

/** Why one is in the call no longer: it ended, one left it, or the service says so. */
export type Ending = { reason: 'ended' | 'left' | 'refused' | CloseReason; error?: unknown }

export type SignalingOptions = {
  access: Access
  callId: string
  /** Where the socket of this call is: a path with its query. */
  path: string
  joinToken: string | undefined
  rtpCapabilities: RtpCapabilities
  /** One is in the call, for the first time or again. */
  onJoined: (reply: JoinReply) => void
  onFrame: (frame: SignalingServerFrame) => void
  onState: (state: LinkState) => void
  onEnded: (ending: Ending) => void
}

/** One's place in a call, over a socket that comes back by itself and goes on where the last one ended. */
export class Signaling {
  readonly #options: SignalingOptions
  readonly #link: Link<SignalingLanguage>
  #joined = expectConnection()
  #isJoined = false
  #resumeToken: string | undefined
  /** The number of the last push. */
  #seq = 0

  constructor(options: SignalingOptions) {
    this.#options = options
    const { access, path } = options
    this.#link = new Link<SignalingLanguage>({
      pace: limits.signalingFrames,
      authorise: (isDoubtful) => access.authorise(path, isDoubtful),
      renewToken: () => access.session.renew(),
      onFrame: (frame) => this.#receive(frame),
      onReady: (connection) => void this.#join(connection),
      onState: (state) => this.#follow(state),
    })
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
        if (!(error instanceof ConnectionError) || !connection.ended.aborted) throw error
      }
    }
  }

  close(): void {
    this.#link.close()
    this.#joined.reject(new ConnectionError('The call is over.'))
  }

  async #join(connection: Connection<SignalingLanguage>): Promise<void> {
    const { access, callId: call_id, rtpCapabilities: rtp_capabilities, joinToken, onJoined, onEnded } = this.#options
    void keepSignedIn(connection, access.session)
    const resumption = this.#resumeToken && { resume_token: this.#resumeToken, last_seq: this.#seq }
    const admission = resumption || (joinToken !== undefined && { join_token: joinToken })
    try {
      const reply = await insist(
        () => connection.ask('join', { call_id, rtp_capabilities, ...admission }),
        connection.ended,
      )
      this.#resumeToken = reply.resume_token
      this.#seq = reply.seq
      this.#isJoined = true
      this.#joined.resolve(connection)
      onJoined(reply)
    } catch (error) {
      if (error instanceof ConnectionError) return connection.abandon()
      onEnded({ reason: 'refused', error })
    }
  }

  #receive(frame: SignalingServerFrame): void {
    if ('seq' in frame) {
      if (frame.seq <= this.#seq) return
      this.#seq = frame.seq
    }
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
