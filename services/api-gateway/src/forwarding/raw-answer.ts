import type { Duplex } from 'node:stream'
import { type AppError, toErrorBody } from '@secureconnect/errors'
import { headers } from '@secureconnect/protocol'
import { securityHeaders } from './security-headers.ts'

const { STATUS_CODES } = process.getBuiltinModule('node:http')

/** Writes an error in the common shape to a connection itself, where no HTTP server does it for us, and ends it. */
export function writeRawError(socket: Duplex, error: AppError, requestId: string): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const { status } = error
  const body = JSON.stringify(toErrorBody(error, requestId))
  const all = {
    ...securityHeaders,
    date: new Date().toUTCString(),
    connection: 'close',
    'content-type': 'application/json',
    'content-length': `${Buffer.byteLength(body)}`,
    [headers.requestId]: requestId,
  }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  // Whoever does not end his side would keep the connection otherwise.
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head.join('')}\r\n${body}`, () => socket.destroy())
}
