import { accounts } from '@secureconnect/protocol'
import { readIdempotencyKey, route, validationError } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { invalidGrant } from '../../sessions/errors.ts'
import { createDelivery, readRefreshCookie } from '../../sessions/refresh-cookie.ts'
import { refreshSession } from '../../sessions/refresh-session.ts'
import { readRefreshToken } from '../../sessions/refresh-token.ts'

export const refresh = route(accounts.refresh, (context: Context) => async ({ body, request, reply }) => {
  const token = body.refresh_token ?? readRefreshCookie(request)
  if (token === undefined)
    throw validationError([{ field: 'refresh_token', message: 'is missing, and no cookie came' }])
  const deliver = createDelivery(context, { asCookie: body.refresh_token === undefined, request, reply })
  const repeatKey = readIdempotencyKey(request)
  const presented = readRefreshToken(token)
  if (!presented) {
    context.events.refreshFailed({ reason: 'malformed' })
    throw invalidGrant()
  }
  return deliver(await refreshSession(context, { presented, repeatKey }, new Date()))
})
