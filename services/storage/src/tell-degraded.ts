import { headers } from '@secureconnect/protocol'
import type { Service } from '@secureconnect/service'
import type { Context } from './context.ts'

/** Has every answer say so while the bytes of files are away. */
export function tellDegraded(app: Service['app'], { blobs }: Pick<Context, 'blobs'>): void {
  app.addHook('onSend', (_request, reply, payload, done) => {
    const others = reply.getHeader(headers.degraded)
    if (blobs.probe.state.status === 'down') reply.header(headers.degraded, others ? `${others}, storage` : 'storage')
    done(null, payload)
  })
}
