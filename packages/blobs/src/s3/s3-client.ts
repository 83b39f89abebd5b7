import { AsyncLocalStorage } from 'node:async_hooks'
import { readFileSync } from 'node:fs'
import type { ClientRequest, IncomingMessage } from 'node:http'
import https, { type RequestOptions } from 'node:https'
import { Client, type ClientOptions } from 'minio'
import { blobLimits } from '../blob-limits.ts'

const http = process.getBuiltinModule('node:http')

export type S3Server = {
  url: string
  region: string
  accessKey: string
  secretKey: string
  /** The file with the CA of the store's certificate. */
  tlsCa: string | undefined
}

/** The store answered that it cannot, and the client would not say why. */
export class StoreStatusError extends Error {
  readonly status: number

  constructor(status: number) {
    super(`the store answered ${status}`)
    this.status = status
  }
}

type Transport = NonNullable<ClientOptions['transport']>

/** What the client takes for passing, and throws away without reading it. */
function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 429 || status === 499
}

function limitConnecting(request: ClientRequest): void {
  request.once('socket', (socket) => {
    if (!socket.connecting) return
    const error = new Error(`no connection within ${blobLimits.connectMs} ms`)
    const timer = setTimeout(() => request.destroy(error), blobLimits.connectMs)
    socket.once('connect', () => clearTimeout(timer))
    request.once('close', () => clearTimeout(timer))
  })
}

/** Requests with our time limits, which the client has none of, and with the signal of the call under way. */
function createTransport(isSecure: boolean, signals: AsyncLocalStorage<AbortSignal>): Transport {
  const send = isSecure ? https.request : http.request
  const request = (options: RequestOptions, onAnswer: (answer: IncomingMessage) => void) => {
    const signal = signals.getStore()
    const sent = send({ ...options, ...(signal && { signal }) }, (answer) => {
      const { statusCode = 0 } = answer
      // Until here the call's own time counts: the store says nothing while it copies.
      sent.setTimeout(blobLimits.silenceMs, () => sent.destroy(new Error(`silent for ${blobLimits.silenceMs} ms`)))
      if (!isPassing(statusCode)) return onAnswer(answer)
      // Read to its end, or its connection would never be free again.
      answer.resume()
      sent.emit('error', new StoreStatusError(statusCode))
    })
    limitConnecting(sent)
    return sent
  }
  // The client calls it in this one of its many ways.
  return { request: request as Transport['request'] }
}

/** The minio client with our limits, and with the list of an upload's parts, which it keeps to itself. */
export class S3Client extends Client {
  static create({ url, region, accessKey, secretKey, tlsCa }: S3Server): S3Client {
    const { protocol, hostname, port } = new URL(url)
    const isSecure = protocol === 'https:'
    const signals = new AsyncLocalStorage<AbortSignal>()
    const agent = isSecure
      ? new https.Agent({ keepAlive: true, ...(tlsCa !== undefined && { ca: readFileSync(tlsCa) }) })
      : new http.Agent({ keepAlive: true })
    const options: ClientOptions = {
      endPoint: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (isSecure ? 443 : 80) : Number(port),
      useSSL: isSecure,
      region,
      accessKey,
      secretKey,
      pathStyle: true,
      partSize: blobLimits.partBytes,
      transport: createTransport(isSecure, signals),
      transportAgent: agent,
      retryOptions: { disableRetry: true },
    }
    return new S3Client(options, signals)
  }

  readonly #signals: AsyncLocalStorage<AbortSignal>

  private constructor(options: ClientOptions, signals: AsyncLocalStorage<AbortSignal>) {
    super(options)
    this.#signals = signals
  }

  /** Runs work whose requests end with the signal. */
  within<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return this.#signals.run(signal, work)
  }

  async allParts(bucket: string, key: string, uploadId: string): Promise<{ part: number; etag: string }[]> {
    const parts = await this.listParts(bucket, key, uploadId)
    return parts.map(({ part, etag }) => ({ part, etag }))
  }

  close(): void {
    this.transportAgent.destroy()
  }
}
