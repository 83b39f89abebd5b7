import type { AccountSteps } from '@secureconnect/account-jobs'
import { limits } from '@secureconnect/protocol'
import type { Queries } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { listOwnAuditEvents } from '../stores/audit-events.ts'
import { listBlocks } from '../stores/blocks.ts'
import { listFormerEmails } from '../stores/former-emails.ts'
import { listFriends, listRequests } from '../stores/friendships.ts'
import { listDevices } from '../stores/known-devices.ts'
import { toPublicProfile } from '../stores/people.ts'
import { listLiveSessions } from '../stores/sessions.ts'
import { getUserById, toUser } from '../stores/users.ts'

type CollectContext = Pick<Context, 'config'>
type Section = {
  name: string
  collect: (sql: Queries, userId: string, context: CollectContext) => Promise<readonly unknown[]>
}

const { sent, waiting } = limits.friendRequests
/** The newest, for months of use; all of them would make a step too long. */
const auditEntries = 5_000

/** What auth-service holds of a person, without what only proves who he is: no hash, no secret, no token. */
const sections: readonly Section[] = [
  { name: 'account', collect: async (sql, userId, context) => [toUser(await getUserById(sql, userId), context)] },
  { name: 'former_addresses', collect: listFormerEmails },
  { name: 'sessions', collect: listLiveSessions },
  { name: 'devices', collect: listDevices },
  {
    name: 'friends',
    async collect(sql, userId) {
      const rows = await listFriends(sql, { userId, after: undefined, rows: limits.friendsPerUser })
      return rows.map((row) => ({ ...toPublicProfile(row), friends_since: row.changed_at }))
    },
  },
  {
    name: 'friend_requests',
    async collect(sql, userId) {
      const rows = await listRequests(sql, { userId, direction: undefined, after: undefined, rows: sent + waiting })
      return rows.map((row) => ({ ...toPublicProfile(row), direction: row.direction, requested_at: row.changed_at }))
    },
  },
  {
    name: 'blocks',
    async collect(sql, userId) {
      const rows = await listBlocks(sql, { userId, after: undefined, rows: limits.blocksPerUser })
      return rows.map(({ reason, blocked_at, ...row }) => ({ ...toPublicProfile(row), reason, blocked_at }))
    },
  },
  { name: 'audit_entries', collect: (sql, userId) => listOwnAuditEvents(sql, userId, auditEntries) },
]

/** Collects one section a step. */
export async function collectAccount(
  sql: Queries,
  { userId, after }: Parameters<AccountSteps['collect']>[1],
  context: CollectContext,
): ReturnType<AccountSteps['collect']> {
  const index = sections.findIndex(({ name }) => name === after) + 1
  const section = sections[index]
  if (!section) throw new Error(`There is no section after ${after}`)
  const items = await section.collect(sql, userId, context)
  const isLast = index === sections.length - 1
  return { section: section.name, items, ...(!isLast && { next: section.name }) }
}
