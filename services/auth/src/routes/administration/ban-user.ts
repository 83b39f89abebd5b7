import { tellAccountNews } from '@secureconnect/account-jobs'
import { admin, type BanUser } from '@secureconnect/protocol'
import { route, validationError } from '@secureconnect/service'
import { findBan } from '../../admin/find-ban.ts'
import type { Context } from '../../context.ts'
import { adminNotBannable, userNotFound } from '../../errors.ts'
import { endSessions } from '../../sessions/end-sessions.ts'
import { setBan } from '../../stores/managed-users.ts'
import { findUserById } from '../../stores/users.ts'

const hourMs = 3_600_000

/** The end of a ban; null where it is for good. */
function readEnd({ permanent = false, duration_hours: hours }: BanUser): Date | null {
  if (permanent === (hours !== undefined)) {
    throw validationError([{ field: 'duration_hours', message: 'give either this or "permanent": true' }])
  }
  return hours === undefined ? null : new Date(Date.now() + hours * hourMs)
}

export const banUser = route(admin.banUser, (context: Pick<Context, 'sql' | 'kv' | 'events'>) => async ({ body }) => {
  const { sql, events } = context
  const { user_id: userId, reason } = body
  const until = readEnd(body)
  const { row, endedSessions } = await sql.transaction(async (tx) => {
    const row = await setBan(tx, { userId, until, reason })
    if (!row) throw (await findUserById(tx, userId)) ? adminNotBannable() : userNotFound()
    await tellAccountNews(tx, { news: 'banned', userId }, context.kv)
    return { row, endedSessions: await endSessions(tx, context, { userId, reason: 'banned' }) }
  })
  events.userBanned({ targetId: userId, until: until?.toISOString() ?? null, endedSessions })
  return { user_id: userId, ban: findBan(row) }
})
