import { dropEffects } from '@secureconnect/outbox'
import type { Sql } from '@secureconnect/sql'
import { revokeEarlierSessions } from '@secureconnect/tokens'
import { mailRequestTopic } from './recovery/request-mail.ts'
import { endAllSessions } from './stores/sessions.ts'
import { mailTopic } from './waiting-mail.ts'

/**
 * What accounts need once their database has come back from a backup, before any service starts: everybody signs in
 * again, and no mail goes out that has gone out already. Doing it again does no harm.
 */
export async function restoreAccounts(sql: Sql): Promise<{ sessions: number; mails: number }> {
  const sessions = await endAllSessions(sql, 'restore')
  await revokeEarlierSessions(sql)
  return { sessions, mails: await dropEffects(sql, [mailTopic, mailRequestTopic]) }
}
