import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Cleanup } from './test-gateway.ts'

export type RawUpstream = {
  readonly url: string
  readonly port: number
  /** Requests that reached it, but for the gateway's probes. */
  readonly requests: string[]
  /** What it does once it has read the head of a request. */
  answer: (socket: Socket, head: string) => void
}

const healthy = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'

/** A service of the test's own that writes what no HTTP server would. */
export async function startRawUpstream(t: Cleanup): Promise<RawUpstream> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    let text = ''
    sockets.add(socket)
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      if (end === -1) return
      const head = text.slice(0, end)
      text = ''
      if (head.startsWith('GET /health ')) {
        socket.write(healthy)
        return
      }
      upstream.requests.push(head)
      upstream.answer(socket, head)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const upstream: RawUpstream = {
    url: `http://127.0.0.1:${port}`,
    port,
    requests: [],
    answer: (socket) => socket.write(healthy),
  }
  t.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return upstream
}
