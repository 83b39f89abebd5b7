import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { type Cleanup, portOf } from './test-gateway.ts'

export type SocketUpstream = {
  readonly url: string
  readonly port: number
  /** The openings that reached it. */
  readonly openings: IncomingMessage[]
  /** Its side of each open socket. */
  readonly sockets: WebSocket[]
  /** What it does with an opening; accepts it unless a test says otherwise. */
  answer: (request: IncomingMessage, socket: Socket, accept: () => void) => void
}

/** A service of the test's own that talks WebSocket. */
export async function startSocketUpstream(t: Cleanup): Promise<SocketUpstream> {
  const server = createServer((_request, response) => void response.end('{}'))
  const speaker = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head) => {
    upstream.openings.push(request)
    socket.on('error', () => undefined)
    const accept = () =>
      speaker.handleUpgrade(request, socket, head, (ws) => void upstream.sockets.push(ws.on('error', () => undefined)))
    upstream.answer(request, socket, accept)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const port = portOf(server)
  const upstream: SocketUpstream = {
    url: `http://127.0.0.1:${port}`,
    port,
    openings: [],
    sockets: [],
    answer: (_request, _socket, accept) => accept(),
  }
  t.after(() => {
    server.close()
    server.closeAllConnections()
    for (const { socket } of upstream.openings) socket.destroy()
  })
  return upstream
}

export const chatPath = '/v1/ws/chat'

type OpeningOptions = { path?: string; protocol?: string; headers?: Readonly<Record<string, string>> }

/** A client's side of a socket, opening; whatever it fails with is for its test to look at. */
export function openSocket(t: Cleanup, { port }: { port: number }, options: OpeningOptions = {}): WebSocket {
  const { path = chatPath, protocol, headers = {} } = options
  const url = `ws://127.0.0.1:${port}${path}`
  const ws = new WebSocket(url, protocol === undefined ? [] : [protocol], { perMessageDeflate: false, headers })
  ws.on('error', () => undefined)
  t.after(() => ws.terminate())
  return ws
}

/** Both sides of a socket that is open. */
export async function openPair(t: Cleanup, gateway: { port: number }, upstream: SocketUpstream) {
  const client = openSocket(t, gateway)
  await once(client, 'open')
  const service = upstream.sockets.at(-1)
  if (!service) throw new Error('no socket arrived')
  return { client, service }
}

/** The next message of a socket. */
export async function receive(ws: WebSocket): Promise<{ data: Buffer; isBinary: boolean }> {
  const [data, isBinary] = await once(ws, 'message')
  if (!Buffer.isBuffer(data)) throw new Error('not one buffer')
  return { data, isBinary }
}

/** The refusal that an opening gets instead of a socket. */
export async function readRefusal(
  ws: WebSocket,
): Promise<{ status: number; headers: IncomingMessage['headers']; body: string }> {
  const [, response] = await once(ws, 'unexpected-response')
  let body = ''
  for await (const chunk of response) body += chunk
  return { status: response.statusCode ?? 0, headers: response.headers, body }
}
