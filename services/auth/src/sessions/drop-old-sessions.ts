import { withoutRequest } from '@secureconnect/logging'
import { dropPastRevocations, dropPastTickets } from '@secureconnect/tokens'
import type { Context } from '../context.ts'
import { dropPastFormerEmails } from '../stores/former-emails.ts'
import { dropPastMailCounts } from '../stores/mail-counts.ts'
import { dropPastMailTokens } from '../stores/mail-tokens.ts'
import { dropPastSessions } from '../stores/sessions.ts'

const everyMs = 60_000

/** Drops, now and then, what nobody can use any more: sessions past their end, tickets, links of mails, revocations of tokens that ended. */
export function dropOldSessions({ sql, log }: Pick<Context, 'sql' | 'log'>): AsyncDisposable {
  let dropping: Promise<void> | undefined
  const drop = async () => {
    try {
      await dropPastSessions(sql.background)
      await dropPastTickets(sql.background)
      await dropPastRevocations(sql.background)
      await dropPastMailTokens(sql.background)
      await dropPastMailCounts(sql.background)
      await dropPastFormerEmails(sql.background)
    } catch (error) {
      log.debug({ error, dependency: 'sql' }, 'old sessions wait to be dropped')
    } finally {
      dropping = undefined
    }
  }
  const timer = setInterval(() => {
    dropping ??= withoutRequest(drop)
  }, everyMs).unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await dropping
    },
  }
}
