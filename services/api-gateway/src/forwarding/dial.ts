import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { clientGone, deadlinePassed, toUpstreamError, upstreamFailed } from '../errors.ts'
import { upstreamLimits } from './upstream.ts'

/** What a service said to the opening of a socket: it is open, or an ordinary answer. */
export type Dialled =
  | { kind: 'open'; headers: IncomingHttpHeaders; socket: Socket; head: Buffer }
  | { kind: 'refused'; status: number; headers: IncomingHttpHeaders; body: Buffer }

export type DialOptions = {
  url: URL
  path: string
  headers: readonly string[]
  deadlineMs: number
  /** Aborts when the client has gone. */
  signal: AbortSignal
}

const http = process.getBuiltinModule('node:http')

const maxRefusalBytes = 16 * 1_024

async function readRefusal(response: IncomingMessage): Promise<Dialled> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    bytes += chunk.length
    if (bytes > maxRefusalBytes) throw upstreamFailed(new Error('a refusal of unlikely length'))
    chunks.push(chunk)
  }
  return { kind: 'refused', status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }
}

/** Opens a socket to a service, on a connection of its own: pools are for what ends. */
export async function dial({ url, path, headers, deadlineMs, signal }: DialOptions): Promise<Dialled> {
  const { promise, resolve, reject } = Promise.withResolvers<Dialled>()
  const outgoing = http.request({ host: url.hostname, port: url.port, path, agent: false })
  for (let i = 0; i + 1 < headers.length; i += 2) outgoing.appendHeader(headers[i] ?? '', headers[i + 1] ?? '')
  outgoing.setHeader('connection', 'Upgrade')
  outgoing.setHeader('upgrade', 'websocket')
  const timer = setTimeout(() => outgoing.destroy(deadlinePassed()), deadlineMs)
  const onAbort = () => outgoing.destroy(clientGone())
  signal.addEventListener('abort', onAbort)
  outgoing.once('socket', (socket) => {
    const { connectMs } = upstreamLimits
    const late = Object.assign(new Error(`not connected within ${connectMs} ms`), { code: 'ETIMEDOUT' })
    const connecting = setTimeout(() => outgoing.destroy(late), connectMs)
    socket.once('connect', () => clearTimeout(connecting)).once('close', () => clearTimeout(connecting))
  })
  outgoing.once('upgrade', ({ headers: answered }, socket: Socket, head) => {
    socket.on('error', () => socket.destroy())
    resolve({ kind: 'open', headers: answered, socket, head })
  })
  outgoing.once('response', (response) => readRefusal(response).then(resolve, reject))
  outgoing.on('error', reject)
  outgoing.end()
  try {
    return await promise
  } catch (error) {
    throw toUpstreamError(error)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}
