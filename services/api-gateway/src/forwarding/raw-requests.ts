import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Metrics } from '@secureconnect/metrics'
import { malformedRequest } from '../errors.ts'
import { writeRawError } from './raw-answer.ts'
import { isCleanTarget } from './target.ts'

/** Stands for every target that is not clean. The router never sees one, and has no route for this. */
export const uncleanTarget = '*'

const messages: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'The headers are too large.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request was not complete in time.',
}

/** Whether an answer to an earlier request on this connection is still due: nothing may go out before it. */
function owesAnswer(socket: Duplex): boolean {
  return Reflect.get(socket, '_httpMessage') instanceof Object
}

/** Guards the server before and beside Fastify: what it would refuse in words of its own never gets that far. */
export function guardRawRequests(server: Server, metrics: Metrics): void {
  server.prependListener('request', (request: IncomingMessage) => {
    if (!isCleanTarget(request.url ?? '')) request.url = uncleanTarget
  })
  server.removeAllListeners('clientError')
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || owesAnswer(socket)) {
      socket.destroy()
      return
    }
    metrics.httpRequests.inc({ method: 'unknown', endpoint: 'unmatched', status: 400 })
    const message = messages[error.code ?? ''] ?? 'This is not a request that can be read in one way only.'
    writeRawError(socket, malformedRequest(message, error), { requestId: randomUUID() })
  })
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    writeRawError(request.socket, malformedRequest('Such an expectation cannot be met.'), { requestId: randomUUID() })
    response.destroy()
  })
}
