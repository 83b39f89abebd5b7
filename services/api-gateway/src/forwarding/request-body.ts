import type { IncomingMessage } from 'node:http'
import { addAbortSignal, type Readable, Transform, type TransformCallback } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { AppError } from '@secureconnect/errors'
import type { Operation } from '@secureconnect/protocol'
import { bodyTooLarge, clientGone, deadlinePassed, malformedRequest, unsupportedBody } from '../errors.ts'

const json = /^application\/json[ \t]*(?:;|$)/i

/** A body on its way, which ends in PAYLOAD_TOO_LARGE as soon as it has grown too long. */
class LimitedBody extends Transform {
  readonly #limit: number
  #bytes = 0

  constructor(limit: number) {
    super()
    this.#limit = limit
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#bytes += chunk.length
    if (this.#bytes > this.#limit) done(bodyTooLarge(this.#limit))
    else done(null, chunk)
  }
}

/** A body that is on its way, or one that has come already, as most do with their headers: that needs no stream. */
export type RequestBody = Readable | Buffer

function takeComplete(request: IncomingMessage, limit: number): Buffer {
  const body: Buffer = request.read() ?? Buffer.alloc(0)
  if (body.length > limit) throw bodyTooLarge(limit)
  return body
}

/** The body of a request as it will be sent on, or undefined where there is none; one that cannot be right is refused. */
export function readBody(request: IncomingMessage, { bodyLimit }: Operation): RequestBody | undefined {
  const encoding = request.headers['transfer-encoding']
  const length = Number(request.headers['content-length'] ?? 0)
  if (encoding === undefined && length === 0) return undefined
  if (encoding !== undefined && encoding.toLowerCase() !== 'chunked') {
    throw malformedRequest('The transfer encoding is not known here.')
  }
  if (request.method === 'GET') throw malformedRequest('This operation takes no body.')
  if (length > bodyLimit) throw bodyTooLarge(bodyLimit)
  if (!json.test(request.headers['content-type'] ?? '')) throw unsupportedBody()
  if (request.complete) return takeComplete(request, bodyLimit)
  // A stream of its own, because undici destroys what it cannot send, and the client still needs its answer.
  const body = new LimitedBody(bodyLimit)
  request.once('error', (error) => body.destroy(error))
  return request.pipe(body)
}

/** A body once all of it has come, for whoever may have to send it twice. */
export async function takeWhole(body: RequestBody | undefined, deadlineMs: number): Promise<Buffer | undefined> {
  if (body === undefined || Buffer.isBuffer(body)) return body
  const signal = AbortSignal.timeout(deadlineMs)
  try {
    return await buffer(addAbortSignal(signal, body))
  } catch (error) {
    if (error instanceof AppError) throw error
    throw signal.aborted ? deadlinePassed() : clientGone()
  }
}

/** Whether a body is still coming in: with its request answered nobody reads on, so its connection has to end. */
export function isBodyPending(request: IncomingMessage): boolean {
  return !request.complete
}
