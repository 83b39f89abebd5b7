import { headers } from '@secureconnect/protocol'
import type { Service } from '@secureconnect/service'
import type { Context } from '../context.ts'

/** Has every answer say so while older messages cannot be read. */
export function tellDegraded(app: Service['app'], { archive }: Pick<Context, 'archive'>): void {
  app.addHook('onSend', (_request, reply, payload, done) => {
    const others = reply.getHeader(headers.degraded)
    if (!archive.isAvailable) reply.header(headers.degraded, others ? `${others}, archive` : 'archive')
    done(null, payload)
  })
}
