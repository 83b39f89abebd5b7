import type { FastifyInstance } from 'fastify'
import { methodNotAllowed } from '../errors.ts'

/** Answers the methods that a path does not take. */
export function mountOtherMethods(app: FastifyInstance, path: string, allowed: readonly string[]): void {
  const others = app.supportedMethods.filter((method) => !allowed.includes(method))
  const allow = allowed.join(', ')
  app.route({
    method: others,
    url: path,
    exposeHeadRoute: false,
    config: { rate: 'default' },
    handler: (_request, reply) => {
      reply.header('allow', allow).send(methodNotAllowed(allow))
    },
  })
}
