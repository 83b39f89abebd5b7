import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { AppError, toAppError, toErrorPart } from '@secureconnect/errors'
import { type Logger, type RequestContext, withRequest } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import {
  type AuthFrame,
  type AuthRefreshFrame,
  type CloseReason,
  type CommonServerFrame,
  closeCodes,
  limits,
} from '@secureconnect/protocol'
import type { Authenticate, Caller, Revocations, TakeTicket } from '@secureconnect/tokens'
import type { WebSocket } from 'ws'
import type { LoadShedder } from '../load-shedding.ts'
import { createFrameBudget, type FrameRate } from './frame-budget.ts'
import { FrameWriter } from './frame-writer.ts'
import { type FrameHandler, type IncomingFrame, readFrame } from './frames.ts'
import { toWireFrame, type WireFrame } from './wire-frame.ts'
import type { WriteRounds } from './write-rounds.ts'

const toleratedExcesses = 5
/** How long the other side may take to answer our close frame before the socket is cut. */
const closeGraceMs = 5_000
/** A client that sends pings and reads no answers gets no more of them from here on. */
const unreadPongBytes = 64 * 1024

/** What a socket needs of its service. */
export type SocketContext = {
  log: Logger
  metrics: Metrics
  authenticate: Authenticate
  takeTicket: TakeTicket
  revocations: Pick<Revocations, 'isRevoked'>
  load: Pick<LoadShedder, 'isShedding'>
}

export type ConnectionOptions = {
  ws: WebSocket
  /** What `ws` reads from and writes to. Frames that many sockets get are written here, past its bookkeeping. */
  stream: Duplex
  rounds: WriteRounds
  context: SocketContext
  handlers: ReadonlyMap<string, FrameHandler>
  rate: FrameRate
  facts: RequestContext
  /** Who asked for the upgrade, where a header said so. */
  caller: Caller | undefined
  /** What the opening asked for in its query. */
  query: Readonly<Record<string, string>>
  /** Told when the socket knows its user; returns false when that user has too many. */
  admit: (connection: Connection) => boolean
  onReady: (connection: Connection) => void
}

/** A token judged bad is 4401 and a revoked one 4403; one that nobody can judge now is our fault. */
function closeReasonFor({ status, code }: AppError): CloseReason {
  if (status >= 500) return 'ourFault'
  return code === 'TOKEN_REVOKED' || code === 'ACCOUNT_BANNED' ? 'forbidden' : 'unauthenticated'
}

/** The socket itself asked for too much, whatever the limits of its person are. */
class SocketExcess extends AppError {}

/** One open socket: greets, authenticates, keeps alive, dispatches frames, and ends. */
export class Connection {
  readonly id = randomUUID()
  readonly #options: ConnectionOptions
  readonly #budget: ReturnType<typeof createFrameBudget>
  readonly #writer: FrameWriter
  #beatAt = performance.now() + limits.heartbeatMs
  /** When the socket ends unless it authenticates, or renews its token, before. */
  #deadlineAt = performance.now() + limits.socketAuthDeadlineMs
  #caller: Caller | undefined
  #isReady = false
  #isClosing = false
  #missedPongs = 0
  #malformed = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#budget = createFrameBudget(options.rate)
    const { ws, stream, rounds } = options
    this.#writer = new FrameWriter({ stream, rounds, onTooSlow: () => this.#endTooSlow() })
    ws.on('message', (data, isBinary) => this.#receive(data.toString(), isBinary))
    ws.on('ping', (data) => this.#answerPing(data))
    ws.on('error', (error) => this.#fail(error))
  }

  /** Greets; the user is known already, or has some seconds to say who he is. */
  open(): void {
    const { caller } = this.#options
    this.send({
      type: 'hello',
      protocol: 1,
      connection_id: this.id,
      heartbeat_ms: limits.heartbeatMs,
      limits: { frame_bytes: limits.frameBytes, malformed_frames: limits.malformedFrames },
    })
    if (caller) this.#becomeReady(caller)
  }

  get caller(): Caller | undefined {
    return this.#caller
  }

  get query(): Readonly<Record<string, string>> {
    return this.#options.query
  }

  /** Sends what only this socket gets. */
  send(frame: CommonServerFrame): void {
    this.deliver(toWireFrame(frame))
  }

  /** Sends what may be for many sockets; a reader that is too far behind loses its own, an overloaded process drops what it can. */
  deliver(frame: WireFrame): void {
    if (this.#isClosing || (frame.isDroppable && this.#options.context.load.isShedding('droppable'))) return
    this.#writer.push(frame)
  }

  /** Sends what the client asked for and may be much: as fast as it reads, with no limit on how far it is behind. */
  deliverPaced(frames: readonly WireFrame[]): Promise<void> {
    return this.#writer.writePaced(frames)
  }

  /** Runs `work` when all that is on its way to the sockets of this endpoint has been written. */
  afterwards(work: () => void): void {
    this.#options.rounds.afterwards(work)
  }

  /** Whether the socket has its user, and a place among his sockets. */
  get isReady(): boolean {
    return this.#isReady
  }

  get isClosing(): boolean {
    return this.#isClosing
  }

  /** Closes with the documented code; what arrives afterwards is ignored. */
  close(reason: CloseReason): void {
    if (this.#isClosing) return
    this.end()
    const { ws } = this.#options
    ws.close(closeCodes[reason].code, reason)
    setTimeout(() => ws.terminate(), closeGraceMs).unref()
  }

  /** Takes and sends nothing more. */
  end(): void {
    this.#isClosing = true
    this.#writer.end()
  }

  /** Looks at what is due, now and then: a heartbeat, or the end. */
  tick(nowMs: number): void {
    if (this.#isClosing) return
    if (nowMs >= this.#deadlineAt) return this.close(this.#caller ? 'unauthenticated' : 'authDeadline')
    if (nowMs >= this.#beatAt) this.#beat(nowMs)
  }

  #becomeReady(caller: Caller): void {
    this.#caller = caller
    this.#options.facts.userId = caller.userId
    // The session may have ended between the judgement of its token and now, when no socket was there to be closed.
    if (this.#options.context.revocations.isRevoked(caller.sessionId)) return this.close('forbidden')
    this.#deadlineAt = performance.now() + caller.expiresAt.getTime() + limits.socketExpiryGraceMs - Date.now()
    if (this.#isReady) return
    if (!this.#options.admit(this)) return this.close('policy')
    this.#isReady = true
    const { userId, sessionId } = caller
    this.send({ type: 'ready', user_id: userId, session_id: sessionId, server_time: new Date().toISOString() })
    this.#options.onReady(this)
  }

  #beat(nowMs: number): void {
    if (this.#missedPongs >= 2) return this.#options.ws.terminate()
    this.#missedPongs += 1
    this.#beatAt = nowMs + limits.heartbeatMs
    this.send({ type: 'ping' })
  }

  /** Pings count as requests do: an answer to each of a flood would leave the process time for nothing else. */
  #answerPing(data: Buffer): void {
    if (this.#isClosing) return
    const { stream, ws } = this.#options
    const isTooMuch = this.#budget.take() > 0
    if (isTooMuch && this.#noteExcess()) this.close('policy')
    else if (!isTooMuch && stream.writableLength < unreadPongBytes) ws.pong(data)
  }

  #endTooSlow(): void {
    this.#options.context.metrics.websocketErrors.inc({ error: 'too_slow' })
    this.close('tooSlow')
  }

  #receive(text: string, isBinary: boolean): void {
    if (this.#isClosing) return
    if (isBinary) return this.close('binaryFrame')
    const facts = { ...this.#options.facts, deadlineAt: Date.now() + limits.requestDeadlineMs }
    withRequest(facts, () => void this.#handle(text))
  }

  async #handle(text: string): Promise<void> {
    const { handlers, context } = this.#options
    const frame = readFrame(text, handlers)
    context.metrics.websocketMessages.inc({ type: frame.type, direction: 'in' })
    try {
      const data = await this.#dispatch(frame)
      if (frame.id !== undefined) this.send({ type: 'reply', id: frame.id, ok: true, data })
    } catch (thrown) {
      const error = toAppError(thrown)
      this.#refuse(frame.id, error)
      const reason = this.#judge(frame, error)
      if (reason) this.close(reason)
    }
  }

  async #dispatch(frame: IncomingFrame): Promise<unknown> {
    if (frame.kind === 'malformed') throw frame.error
    // One that answers nothing is a request like any other, or there would be no end to them.
    const isAnswer = frame.kind === 'pong' && this.#missedPongs > 0
    if (isAnswer) this.#missedPongs = 0
    else this.#countRequest()
    if (frame.kind === 'pong') return
    if (frame.kind === 'auth') return this.#authenticate(frame.value)
    if (!this.#caller) throw new AppError('UNAUTHORIZED', 'Authenticate first.')
    return frame.handler.handle({ frame: frame.value, caller: this.#caller, connection: this })
  }

  async #authenticate({ type, token }: AuthFrame | AuthRefreshFrame): Promise<object> {
    const isRefresh = type === 'auth.refresh'
    if (isRefresh !== (this.#caller !== undefined)) {
      throw new AppError(
        'VALIDATION_ERROR',
        isRefresh ? 'Authenticate first.' : 'This socket is authenticated already.',
      )
    }
    const caller = await this.#options.context.authenticate(token)
    if (this.#caller && this.#caller.userId !== caller.userId) {
      throw new AppError('FORBIDDEN', 'Another person signs in on another socket.')
    }
    this.#becomeReady(caller)
    return {}
  }

  #countRequest(): void {
    const waitMs = this.#budget.take()
    if (waitMs === 0) return
    throw new SocketExcess('RATE_LIMITED', 'Too many requests on this socket.', { retryAfterMs: waitMs })
  }

  /**
   * Whether what was refused also ends the socket; the reply has gone out by then. The limits of its person are no
   * matter of the socket: whoever asks again when he was told to may be too early, for he asks elsewhere too.
   */
  #judge(frame: IncomingFrame, error: AppError): CloseReason | undefined {
    if (frame.kind === 'malformed') this.#malformed += 1
    const isFlood = error instanceof SocketExcess && this.#noteExcess()
    if (this.#malformed >= limits.malformedFrames || isFlood) return 'policy'
    return frame.kind === 'auth' && !this.#caller ? closeReasonFor(error) : undefined
  }

  /** Notes that this was more than a socket may ask, and tells whether that happened too often of late. */
  #noteExcess(): boolean {
    return this.#budget.noteExcess() > toleratedExcesses
  }

  #refuse(id: string | undefined, error: AppError): void {
    if (error.status >= 500) this.#logFailure(error)
    this.send({ type: 'reply', ...(id !== undefined && { id }), ok: false, error: toErrorPart(error) })
  }

  #logFailure(error: AppError): void {
    const { log } = this.#options.context
    const fields = { error: error.cause ?? error, code: error.code, connection_id: this.id, outcome: 'failed' }
    if (error.status === 500) log.error(fields, 'frame failed')
    else log.warn(fields, 'frame could not be served')
  }

  #fail(error: Error): void {
    this.#options.context.metrics.websocketErrors.inc({ error: 'protocol' })
    this.#options.context.log.debug({ error, connection_id: this.id }, 'socket failed')
  }
}
