import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { reportReady } from '../shared/child.ts'

// The least that fan-out over `ws` can do: text of a message's size to every socket, whatever a POST says: so many
// messages, each socket's written together. Nobody is asked who he is.

const text = JSON.stringify({ type: 'event', data: 'x'.repeat(Number(process.argv[2] ?? 256)) })
const sockets = new Set<WebSocket & { _socket?: { cork(): void; uncork(): void } }>()

const server = createServer((request, response) => {
  const count = Number(new URL(request.url ?? '/', 'http://localhost').searchParams.get('messages'))
  for (const socket of sockets) {
    socket._socket?.cork()
    for (let n = 0; n < count; n++) socket.send(text)
    socket._socket?.uncork()
  }
  response.end()
})
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
})
server.listen(0, '127.0.0.1', () => reportReady((server.address() as AddressInfo).port))
