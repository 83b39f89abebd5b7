import { ConnectionError } from '../errors.ts'
import { isBrowser } from '../surroundings.ts'

/** Told as bytes go out or come in, how many there are so far. */
export type OnBytes = (bytes: number) => void

export type Sending = {
  url: string
  headers: Readonly<Record<string, string>>
  bytes: Blob
  onBytes: OnBytes
  signal: AbortSignal
}

/** The store did not take the bytes, and would not the next time. */
export class BytesRefused extends Error {
  override readonly name = 'BytesRefused'
  readonly status: number

  constructor(status: number) {
    super(`The store refused the bytes with status ${status}.`)
    this.status = status
  }
}

/** What a page sends bytes by if it is to tell how many have left: `fetch` does not say. */
type PageRequest = EventTarget & {
  readonly upload: EventTarget
  readonly status: number
  open(method: 'PUT', url: string): void
  setRequestHeader(name: string, value: string): void
  send(bytes: Blob): void
  abort(): void
}

function createPageRequest(): PageRequest {
  const XmlHttpRequest: unknown = Reflect.get(globalThis, 'XMLHttpRequest')
  if (typeof XmlHttpRequest !== 'function') throw new Error('Files are sent from pages, or from Node.')
  return Reflect.construct(XmlHttpRequest, [])
}

function sendFromPage({ url, headers, bytes, onBytes, signal }: Sending): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = createPageRequest()
    request.open('PUT', url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.addEventListener('progress', (event) => 'loaded' in event && onBytes(Number(event.loaded)))
    request.addEventListener('load', () => resolve(request.status))
    request.addEventListener('error', () => reject(new ConnectionError('The connection to the store broke.')))
    request.addEventListener('abort', () => reject(signal.reason))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(bytes)
  })
}

const pieceBytes = 256 * 1024

/** A blob's own stream may give all of it at once. */
async function* cut(bytes: Blob, onBytes: OnBytes): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.size; from += pieceBytes) {
    const piece = await bytes.slice(from, from + pieceBytes).arrayBuffer()
    yield new Uint8Array(piece)
    onBytes(from + piece.byteLength)
  }
}

/** As `ReadableStream.from` does, which the types of pages do not know. */
function toStream(pieces: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
  })
}

async function sendFromNode({ url, headers, bytes, onBytes, signal }: Sending): Promise<number> {
  const init = {
    method: 'PUT',
    headers: { ...headers, 'content-length': String(bytes.size) },
    body: toStream(cut(bytes, onBytes)),
    duplex: 'half' as const,
    signal,
  }
  try {
    const response = await fetch(url, init)
    await response.arrayBuffer()
    return response.status
  } catch (cause) {
    if (signal.aborted) throw cause
    throw new ConnectionError('The connection to the store broke.', { cause })
  }
}

/** Puts bytes where a ticket says. */
export async function sendBytes(sending: Sending): Promise<void> {
  sending.signal.throwIfAborted()
  const status = await (isBrowser ? sendFromPage : sendFromNode)(sending)
  if (status >= 500) throw new ConnectionError(`The store answered ${status}.`)
  if (status >= 300) throw new BytesRefused(status)
}
