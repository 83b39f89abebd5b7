import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { toErrorBody } from '@secureconnect/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { validationError } from './validation.ts'

const { STATUS_CODES } = process.getBuiltinModule('node:http')

const status = 400

function createBody(): string {
  const error = validationError([{ field: '', message: 'this is no request that can be read' }])
  return JSON.stringify(toErrorBody(error, randomUUID()))
}

/** Answers, in the common shape, a request whose path cannot be decoded: it comes to no route and no hook. */
export function refusePath(_error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  reply.code(status).type('application/json').send(createBody())
}

/** Answers, in the common shape, what Node cannot take for a request: broken or too large headers. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const body = createBody()
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\nconnection: close\r\n`
  socket.end(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`, () => socket.destroy())
}
