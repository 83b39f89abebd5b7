import type { AnswerStatus, Operation } from '@secureconnect/protocol'
import { Success } from '@secureconnect/protocol'
import type { FastifyInstance, FastifySchema } from 'fastify'
import type { TSchema } from 'typebox'
import { priorityOf, runAs } from './load-shedding.ts'
import type { BoundHandler } from './route.ts'

function toFastifySchema(operation: Operation): FastifySchema {
  const answers = Object.entries(operation.answer).filter((entry): entry is [string, TSchema] => entry[1] !== undefined)
  return {
    ...(operation.params && { params: operation.params }),
    ...(operation.query && { querystring: operation.query }),
    ...(operation.body && { body: operation.body }),
    response: Object.fromEntries(answers.map(([status, data]) => [status, operation.bare ? data : Success(data)])),
  }
}

/** The status of an answer unless its handler says otherwise: the only one, or the first of several. */
function firstStatus(operation: Operation): AnswerStatus {
  const statuses: readonly AnswerStatus[] = [200, 201, 202]
  const status = statuses.find((candidate) => operation.answer[candidate])
  if (!status) throw new Error(`${operation.name} declares no answer`)
  return status
}

/** Mounts an operation as its row says: path, limits, schemas, deadline and envelope. */
export function mountRoute(app: FastifyInstance, operation: Operation, handle: BoundHandler): void {
  const status = firstStatus(operation)
  const priority = priorityOf(operation)
  app.route({
    method: operation.method,
    url: operation.path,
    bodyLimit: operation.bodyLimit,
    schema: toFastifySchema(operation),
    config: {
      operation: operation.name,
      deadlineMs: operation.deadlineMs,
      caller: operation.caller,
      mayHaveEnded: operation.mayHaveEnded === true,
      priority,
    },
    handler: async (request, reply) => {
      reply.code(status)
      const data = await runAs(priority, () => handle(request, reply))
      if (operation.bare || reply.sent) return data
      return {
        success: true,
        data,
        meta: { timestamp: new Date().toISOString(), request_id: request.facts.requestId },
      }
    },
  })
}
