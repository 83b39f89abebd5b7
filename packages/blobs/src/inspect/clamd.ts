import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { optional, type Setting, SettingFault } from '@secureconnect/config'
import { AppError } from '@secureconnect/errors'

/** What a scanner says of bytes. */
export type Verdict = { isClean: true } | { isClean: false; found: string }

/** Looks into bytes for what does harm. */
export type Scanner = {
  /** Throws a `ScanError` unless it has seen all of them: what was not scanned is not clean. */
  scan(bytes: Readable): Promise<Verdict>
}

/** Bytes were not scanned to their end. `too-large` will be so the next time as well. */
export class ScanError extends AppError {
  readonly reason: 'unreachable' | 'silent' | 'too-large' | 'failed'

  constructor(reason: ScanError['reason'], options: { cause?: unknown } = {}) {
    super('SERVICE_UNAVAILABLE', 'Files cannot be scanned at the moment.', options)
    this.name = 'ScanError'
    this.reason = reason
  }
}

/** Where clamd listens: a TCP port or a socket of this machine. */
export type ClamdAddress = { host: string; port: number } | { path: string }

const clamdUrl: Setting<ClamdAddress> = {
  kind: 'plain',
  parse(raw) {
    const { protocol, hostname, port, pathname } = URL.canParse(raw) ? new URL(raw) : new URL('none:')
    if (protocol === 'unix:' && pathname.length > 1) return { path: pathname }
    if (protocol === 'tcp:' && hostname !== '' && port !== '') return { host: hostname, port: Number(port) }
    throw new SettingFault('must be such as tcp://clamd:3310 or unix:///run/clamav/clamd.sock')
  },
}

/** Whether files are scanned; without an address nobody does. */
export const scanSettings = { clamdUrl: optional(clamdUrl) }

const connectMs = 2_000
/** While it scans, clamd says nothing: a large archive takes its time. */
const usualSilenceMs = 60_000

async function open(address: ClamdAddress, silenceMs: number): Promise<Socket> {
  const socket = connect(address).setTimeout(connectMs)
  socket.on('timeout', () => socket.destroy(new ScanError('silent')))
  try {
    await once(socket, 'connect')
  } catch (cause) {
    throw new ScanError('unreachable', { cause })
  }
  return socket.setTimeout(silenceMs)
}

/** Sends the bytes in pieces, each after its length, as fast as clamd takes them. */
async function send(socket: Socket, bytes: Readable): Promise<void> {
  socket.write('zINSTREAM\0')
  for await (const piece of bytes) {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(piece.length)
    socket.write(length)
    if (!socket.write(piece)) await once(socket, 'drain')
  }
  socket.write(Buffer.alloc(4))
}

async function readAnswer(socket: Socket): Promise<string> {
  let answer = ''
  for await (const piece of socket) {
    answer += String(piece)
    if (answer.includes('\0')) break
  }
  return answer
}

function understand(answer: string): Verdict {
  const [, found, isClean, failure] = /^stream: (?:(.+) FOUND|(OK))|(size limit exceeded)/.exec(answer) ?? []
  if (isClean) return { isClean: true }
  if (found) return { isClean: false, found }
  throw new ScanError(failure ? 'too-large' : 'failed', { cause: new Error(answer.slice(0, 200)) })
}

/** A scanner that asks clamd, on a connection for each file. */
export function createClamdScanner(address: ClamdAddress, silenceMs = usualSilenceMs): Scanner {
  return {
    async scan(bytes) {
      const socket = await open(address, silenceMs)
      try {
        const answering = readAnswer(socket)
        // It may answer before it has everything, and hangs up on the rest: what is too large for it.
        return understand(await Promise.race([answering, send(socket, bytes).then(() => answering)]))
      } catch (cause) {
        throw cause instanceof ScanError ? cause : new ScanError('failed', { cause })
      } finally {
        bytes.destroy()
        socket.destroy()
      }
    },
  }
}
