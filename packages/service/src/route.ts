import type { AnswerOf, BodyOf, Operation, ParamsOf, QueryOf } from '@secureconnect/protocol'
import type { Caller } from '@secureconnect/tokens'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** What a handler is given; everything in it has passed the operation's schemas. */
export type RouteInput<O extends Operation> = {
  body: BodyOf<O>
  params: ParamsOf<O>
  query: QueryOf<O>
  caller: O['caller'] extends 'public' ? undefined : Caller
  request: FastifyRequest
  reply: FastifyReply
}

export type BoundHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/** An operation together with what carries it out, waiting for the context it needs. */
export type Route<Context> = {
  readonly operation: Operation
  readonly bind: (context: Context) => BoundHandler
}

/** Says what an operation does: `create` takes the parts of the context it needs and returns the handler. */
export function route<O extends Operation, Context>(
  operation: O,
  create: (context: Context) => (input: RouteInput<O>) => Promise<AnswerOf<O>> | AnswerOf<O>,
): Route<Context> {
  return {
    operation,
    bind: (context) => {
      const handle = create(context)
      return async (request, reply) => {
        const { body, params, query, caller } = request
        // The schemas of this very operation accepted these values before the handler is called.
        return handle({ body, params, query, caller, request, reply } as RouteInput<O>)
      }
    },
  }
}
