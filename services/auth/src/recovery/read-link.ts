import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { findMailToken, type MailPurpose, type MailTokenRow, takeMailToken } from '../stores/mail-tokens.ts'
import { invalidLink } from './errors.ts'
import { readMailToken } from './mail-tokens.ts'

type LinkContext = Pick<Context, 'sql' | 'mailTokens' | 'events'>

/** What the token of a link stands for. To look uses nothing up. */
export async function getLink(
  { sql, mailTokens, events }: LinkContext,
  { token, purpose }: { token: string; purpose: MailPurpose },
): Promise<MailTokenRow> {
  const presented = readMailToken(token)
  const row = presented && (await findMailToken(sql, presented.tokenId))
  if (row && mailTokens.isGenuine(presented, { ...row, purpose })) return row
  events.linkRefused({ userId: row?.user_id, purpose })
  throw invalidLink()
}

/** Uses a link up; of several who try at once one succeeds. */
export async function useLink(tx: Transaction, link: MailTokenRow): Promise<void> {
  if (!(await takeMailToken(tx, link.token_id))) throw invalidLink()
}
