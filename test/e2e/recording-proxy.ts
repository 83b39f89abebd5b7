import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

type Cleanup = { after: (work: () => unknown) => void }

const upgrade = /\r\nupgrade: websocket\r\n/i
const endOfHead = '\r\n\r\n'

/** What frames of a client carry; on the wire each is masked, so that its bytes are nobody's words. */
function unmaskFrames(bytes: Buffer): Buffer {
  const payloads: Uint8Array[] = []
  for (let at = 0; at + 6 <= bytes.length; ) {
    const short = (bytes[at + 1] ?? 0) & 0x7f
    const [length, lengthBytes] =
      short < 126
        ? [short, 0]
        : short === 126
          ? [bytes.readUInt16BE(at + 2), 2]
          : [Number(bytes.readBigUInt64BE(at + 2)), 8]
    const mask = bytes.subarray(at + 2 + lengthBytes, at + 6 + lengthBytes)
    at += 6 + lengthBytes + length
    payloads.push(bytes.subarray(at - length, at).map((byte, place) => byte ^ (mask[place % 4] ?? 0)))
  }
  return Buffer.concat(payloads)
}

/** What a client sent over one connection, in words. */
function readSent(bytes: Buffer): Buffer {
  const head = bytes.toString('latin1')
  const upgradeAt = head.search(upgrade)
  if (upgradeAt < 0) return bytes
  const framesAt = head.indexOf(endOfHead, upgradeAt) + endOfHead.length
  return Buffer.concat([bytes.subarray(0, framesAt), unmaskFrames(bytes.subarray(framesAt))])
}

/** Notes all that goes by, in both directions of every connection to a server. */
export async function recordingProxy(t: Cleanup, target: { host: string; port: number }) {
  const connections: { sent: Buffer[]; answered: Buffer[] }[] = []
  const sockets = new Set<Socket>()

  const server = createServer((client) => {
    const behind = connect({ ...target, noDelay: true })
    const connection: (typeof connections)[number] = { sent: [], answered: [] }
    connections.push(connection)
    client.on('data', (chunk: Buffer) => connection.sent.push(chunk))
    behind.on('data', (chunk: Buffer) => connection.answered.push(chunk))
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const place = server.address()
  if (place === null || typeof place === 'string') throw new Error('A TCP server has a port')
  return {
    url: `http://127.0.0.1:${place.port}`,
    read: () =>
      Buffer.concat(
        connections.flatMap(({ sent, answered }) => [readSent(Buffer.concat(sent)), Buffer.concat(answered)]),
      ),
  }
}
