import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type AppError, toErrorBody } from '@secureconnect/errors'
import { headers } from '@secureconnect/protocol'
import { securityHeaders } from './security-headers.ts'

/** An answer that is written to a connection itself, where no HTTP server does it for us. */
export type RawAnswer = { status: number; body: string; requestId: string; headers?: Readonly<Record<string, string>> }

/** Writes an answer and ends the connection. */
export function writeRawAnswer(socket: Duplex, { status, body, requestId, headers: more }: RawAnswer): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const all = {
    ...securityHeaders,
    ...more,
    date: new Date().toUTCString(),
    connection: 'close',
    'content-type': 'application/json',
    'content-length': `${Buffer.byteLength(body)}`,
    [headers.requestId]: requestId,
  }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head.join('')}\r\n${body}`)
}

/** The same for an error of ours, in the common shape. */
export function writeRawError(
  socket: Duplex,
  error: AppError,
  { requestId, headers: more }: Pick<RawAnswer, 'requestId' | 'headers'>,
): void {
  const { status, retryAfterMs } = error
  const retryAfter = retryAfterMs !== undefined && { 'retry-after': `${Math.max(1, Math.ceil(retryAfterMs / 1_000))}` }
  const body = JSON.stringify(toErrorBody(error, requestId))
  writeRawAnswer(socket, { status, body, requestId, headers: { ...more, ...retryAfter } })
}
