import { lifetimes, sessions } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { issueSocketTicket } from '@secureconnect/tokens'
import type { Context } from '../../context.ts'
import { getOurOrigin } from '../../sessions/our-pages.ts'

export const createSocketTicket = route(
  sessions.createSocketTicket,
  ({ sql, config }: Pick<Context, 'sql' | 'config'>) =>
    async ({ caller, request, reply }) => {
      const origin = getOurOrigin({ config }, request)
      reply.header('cache-control', 'no-store')
      return { ticket: await issueSocketTicket(sql, { caller, origin }), expires_in: lifetimes.socketTicketMs / 1_000 }
    },
)
