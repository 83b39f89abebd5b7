import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AppError } from '@secureconnect/errors'
import type { Metrics } from '@secureconnect/metrics'
import { ambiguousRequest, malformedRequest } from '../errors.ts'
import { writeRawError } from './raw-answer.ts'
import { isCleanTarget } from './target.ts'

const http = process.getBuiltinModule('node:http')

/** Stands for the target of every request that is not clean. The router never sees another, and has no route for this. */
export const uncleanTarget = '*'

const messages: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'The headers are too large.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request was not complete in time.',
}

/** Whether a request can be read in one way only, as far as the parser has not seen to it. */
function isClean({ httpVersion, headers, url = '' }: IncomingMessage): boolean {
  // Only HTTP/1.1 has chunks: servers of any other version differ on where such a request ends.
  const isWhole = httpVersion === '1.1' ? headers.host !== undefined : headers['transfer-encoding'] === undefined
  return isWhole && httpVersion.startsWith('1.') && isCleanTarget(url)
}

/**
 * Whether the next answer on this connection may be the one to what just broke. While a request's answer is due and
 * its body is still coming in, it is this body that broke; after that it is a later request, whose turn has not come.
 */
function isNextDue(socket: Duplex): boolean {
  const due = Reflect.get(socket, '_httpMessage')
  return !(due instanceof http.ServerResponse) || (!due.headersSent && !due.req.complete)
}

/** Guards the server before and beside Fastify: what it would refuse in words of its own never gets that far. */
export function guardRawRequests(server: Server, metrics: Metrics): void {
  function refuse(socket: Duplex, error: AppError): void {
    if (!isNextDue(socket)) {
      socket.destroy()
      return
    }
    metrics.httpRequests.inc({ method: 'unknown', endpoint: 'unmatched', status: error.status })
    writeRawError(socket, error, randomUUID())
  }

  // Servers have this as an option too, but Fastify has made ours already; the refusal is ours to write.
  Object.assign(server, { requireHostHeader: false })
  server.prependListener('request', (request: IncomingMessage) => {
    if (!isClean(request)) request.url = uncleanTarget
  })
  server.removeAllListeners('clientError')
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const message = messages[error.code ?? '']
    if (error.code === 'ECONNRESET') socket.destroy()
    else refuse(socket, message === undefined ? ambiguousRequest(error) : malformedRequest(message, error))
  })
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => refuse(socket, ambiguousRequest()))
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    request.url = uncleanTarget
    server.emit('request', request, response)
  })
}
