import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { AppError } from '@secureconnect/errors'
import type { FastifyReply } from 'fastify'
import type { Dispatcher, Pool } from 'undici'
import { clientGone, deadlinePassed, toUpstreamError, upstreamFailed } from '../errors.ts'
import { isBodyPending, type RequestBody } from './request-body.ts'
import { appendDegraded, appendResponseHeaders, isOwnAnswer } from './response-headers.ts'

export type ExchangeRequest = {
  path: string
  method: string
  headers: string[]
  body: RequestBody | undefined
  /** Milliseconds until the whole answer must have gone out. */
  deadlineMs: number
  /** Whether we ourselves do without Redis. */
  isDegraded: boolean
}

/**
 * One request under way to an upstream and its answer on the way back, byte by byte in both directions. It ends when
 * the answer is out, its time is up, or either side has gone; the other side learns of it at once.
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #reply: FastifyReply
  readonly #raw: ServerResponse
  readonly #isDegraded: boolean
  readonly #outcome = Promise.withResolvers<void>()
  readonly #timer: NodeJS.Timeout
  readonly #onClose = () => this.#abort(clientGone())
  #controller: Dispatcher.DispatchController | undefined
  #reason: AppError | undefined

  constructor(reply: FastifyReply, { deadlineMs, isDegraded }: ExchangeRequest) {
    this.#reply = reply
    this.#isDegraded = isDegraded
    this.#raw = reply.raw
    this.#raw.once('close', this.#onClose)
    this.#timer = setTimeout(() => this.#abort(deadlinePassed()), deadlineMs)
    if (this.#raw.destroyed) this.#reason = clientGone()
  }

  /** Settles when the answer is out; fails if none of it went out or it broke off. */
  get outcome(): Promise<void> {
    return this.#outcome.promise
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#reason) controller.abort(this.#reason)
    else this.#controller = controller
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return
    if (!isOwnAnswer(status, headers)) {
      controller.abort(upstreamFailed(new Error(`status ${status}, ${headers['content-type'] ?? 'no content type'}`)))
      return
    }
    const own = this.#reply.getHeaders()
    const written: string[] = []
    for (const name in own) written.push(name, String(own[name]))
    if (status === 503 && headers['retry-after'] === undefined) written.push('retry-after', '1')
    if (isBodyPending(this.#reply.request.raw)) written.push('connection', 'close')
    appendResponseHeaders(written, headers)
    appendDegraded(written, headers, this.#isDegraded)
    this.#raw.writeHead(status, written)
    this.#reply.hijack()
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#raw.write(chunk)) return
    controller.pause()
    this.#raw.once('drain', () => controller.resume())
  }

  onResponseEnd(): void {
    this.#settle()
    this.#raw.end()
    this.#outcome.resolve()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#settle()
    // What has gone out cannot be taken back: without its end the client knows that it is not whole.
    if (this.#raw.headersSent) this.#raw.destroy()
    this.#outcome.reject(this.#reason ?? toUpstreamError(error))
  }

  #abort(reason: AppError): void {
    this.#reason = reason
    if (this.#controller) this.#controller.abort(reason)
    else this.#outcome.reject(reason)
  }

  #settle(): void {
    clearTimeout(this.#timer)
    this.#raw.off('close', this.#onClose)
  }
}

/** Sends a request to an upstream and its answer to the client; fails with what to tell the client instead. */
export function exchange(pool: Pool, reply: FastifyReply, request: ExchangeRequest): Promise<void> {
  const { path, method, headers, body } = request
  const under = new Exchange(reply, request)
  // The deadline stands for undici's own timeouts, which are of the order of seconds and count other things.
  const options = { path, method, headers, body: body ?? null, headersTimeout: 0, bodyTimeout: 0 }
  pool.dispatch(options, under)
  return under.outcome
}
