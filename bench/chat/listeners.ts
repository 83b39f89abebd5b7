import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

// Opens sockets and counts the text frames that come in on them, for as little as it can cost: a client that parsed
// them would be busier than what it measures.

/** Each socket has its token and its first frame. */
export type Opening = { port: number; path: string; sockets: readonly { token: string; first?: string }[] }

const ping = '{"type":"ping"}'
const pong = toFrame('{"type":"pong"}')

/** The frames of one socket: lengths are read, payloads are skipped; what is as short as a ping is taken for one. */
class FrameCounter {
  readonly #socket: Socket
  #rest: Buffer = Buffer.alloc(0)
  #skip = 0

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Counts the text frames of a chunk. */
  count(chunk: Buffer): number {
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    this.#rest = Buffer.alloc(0)
    let frames = 0
    for (;;) {
      if (this.#skip >= data.length) {
        this.#skip -= data.length
        return frames
      }
      data = data.subarray(this.#skip)
      this.#skip = 0
      const head = readHead(data)
      if (!head) {
        this.#rest = data
        return frames
      }
      if (head.payload === ping.length) this.#socket.write(pong)
      else frames += 1
      this.#skip = head.size + head.payload
    }
  }
}

function readHead(data: Buffer): { size: number; payload: number } | undefined {
  if (data.length < 2) return undefined
  const short = data.readUInt8(1) & 127
  if (short < 126) return { size: 2, payload: short }
  if (short === 126) return data.length < 4 ? undefined : { size: 4, payload: data.readUInt16BE(2) }
  return data.length < 10 ? undefined : { size: 10, payload: Number(data.readBigUInt64BE(2)) }
}

/** A text frame as clients send it. */
function toFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const mask = Buffer.alloc(4)
  const length =
    payload.length < 126
      ? Buffer.from([128 | payload.length])
      : Buffer.from([254, payload.length >> 8, payload.length & 255])
  return Buffer.concat([Buffer.from([0x81]), length, mask, payload])
}

let frames = 0

async function open({ port, path }: Opening, { token, first }: Opening['sockets'][number]): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  const headers = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    `Authorization: Bearer ${token}`,
  ]
  socket.write(`${headers.join('\r\n')}\r\n\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  const end = answer.indexOf('\r\n\r\n')
  if (!answer.toString('latin1').startsWith('HTTP/1.1 101') || end === -1) throw new Error(answer.toString())
  const counter = new FrameCounter(socket)
  const count = (chunk: Buffer) => {
    frames += counter.count(chunk)
  }
  count(answer.subarray(end + 4))
  socket.on('data', count)
  socket.on('error', () => socket.destroy())
  if (first !== undefined) socket.write(toFrame(first))
}

const atOnce = 50

process.on('message', async (message: { open: Opening } | { count: true }) => {
  if ('count' in message) {
    process.send?.({ frames })
    return
  }
  const { sockets } = message.open
  for (let n = 0; n < sockets.length; n += atOnce) {
    await Promise.all(sockets.slice(n, n + atOnce).map((socket) => open(message.open, socket)))
  }
  process.send?.({ opened: sockets.length })
})
process.on('disconnect', () => process.exit())
