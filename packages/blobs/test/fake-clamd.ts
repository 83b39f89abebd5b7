import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

type Cleanup = { after(work: () => unknown): void }

/** What each test file of a scanner's maker holds, and does no harm. */
export const harmless = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'

export type FakeClamd = {
  port: number
  /** What it has read of the latest file. */
  readonly received: Buffer
  /** Takes connections and says nothing from now on. */
  hang(): void
}

const command = Buffer.from('zINSTREAM\0')

/** The pieces of a whole stream; undefined while its end is not there. */
function readPieces(bytes: Buffer): Buffer | undefined {
  const pieces: Buffer[] = []
  for (let at = command.length; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    if (length === 0) return Buffer.concat(pieces)
    pieces.push(bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return undefined
}

/** A scanner that speaks the protocol of clamd's INSTREAM, and finds one thing only. */
export async function startFakeClamd(t: Cleanup, { mostBytes = 10_000_000 } = {}): Promise<FakeClamd> {
  let received: Buffer = Buffer.alloc(0)
  let isHanging = false
  const judge = (bytes: Buffer): string | undefined => {
    if (!bytes.subarray(0, command.length).equals(command)) return 'UNKNOWN COMMAND'
    if (bytes.length > mostBytes) return 'INSTREAM size limit exceeded. ERROR'
    const file = readPieces(bytes)
    received = file ?? received
    return file && (file.includes(harmless) ? 'stream: Eicar-Signature FOUND' : 'stream: OK')
  }
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket.on('error', () => undefined))
    let bytes: Buffer = Buffer.alloc(0)
    socket.on('data', (piece) => {
      bytes = Buffer.concat([bytes, piece])
      const answer = isHanging ? undefined : judge(bytes)
      if (answer !== undefined) socket.end(`${answer}\0`)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it listens on a port')
  return {
    port: address.port,
    get received() {
      return received
    },
    hang() {
      isHanging = true
    },
  }
}
