import type { FastifyInstance } from 'fastify'
import type { Lifecycle } from './lifecycle.ts'

/**
 * Whoever is answered while the service is draining opens another connection for what he asks next: one that was kept would
 * end sooner or later with a request on its way, of which nobody could tell whether it had an effect.
 */
export function registerConnectionEnd(app: FastifyInstance, lifecycle: Lifecycle): void {
  app.addHook('onRequest', (_request, reply, done) => {
    if (lifecycle.phase !== 'serving') reply.raw.setHeader('connection', 'close')
    done()
  })
}
