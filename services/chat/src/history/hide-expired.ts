import type { Queries } from '@secureconnect/sql'
import type { StoredMessage } from '../log/log-event.ts'
import { loadNow } from '../stores/logged-messages.ts'
import { withoutText } from './apply-event.ts'

/** A message whose time is up counts as deleted at once, although the event that says so comes a little later. */
export async function hideExpired(sql: Queries, messages: readonly StoredMessage[]): Promise<StoredMessage[]> {
  if (messages.every(({ expiresAt, deletedAt }) => expiresAt === null || deletedAt !== null)) return [...messages]
  const now = await loadNow(sql)
  return messages.map((message) => {
    const { expiresAt, deletedAt } = message
    if (expiresAt === null || deletedAt !== null || expiresAt > now) return message
    return { ...message, ...withoutText(message), deletedAt: expiresAt, deletionReason: 'expired' }
  })
}
