import { type Mail, renderMail } from '@secureconnect/mail'
import type { Queries } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { findFormerEmail } from '../stores/former-emails.ts'
import { findMailToken, type MailPurpose } from '../stores/mail-tokens.ts'
import { findUserById, type UserRow } from '../stores/users.ts'
import type { WaitingMail } from '../waiting-mail.ts'

type Letter = Omit<Mail, 'messageId'>
type ComposeContext = Pick<Context, 'config' | 'mailTokens'> & { sql: Queries }

/** Pages of the product. What stands behind the "#" of a link is seen by the page alone: by no server and in no log. */
const pages: Readonly<Record<MailPurpose, string>> = {
  verification: 'verify-email',
  'password-reset': 'reset-password',
  'email-change': 'confirm-email',
}

/** The mail that brings a link; none where the link has been used or replaced, or its time is over. */
async function composeLinkMail(
  { sql, config, mailTokens }: ComposeContext,
  { user, tokenId }: { user: UserRow; tokenId: string },
): Promise<Letter | undefined> {
  const row = await findMailToken(sql, tokenId)
  if (!row) return undefined
  const link = `${config.publicUrl}/${pages[row.purpose]}#token=${mailTokens.create(row)}`
  const displayName = row.new_email === null && user.email_verified_at ? user.display_name : undefined
  return {
    ...renderMail({ template: row.purpose, values: { link }, displayName }),
    to: row.new_email ?? user.email,
    link,
  }
}

/** Writes a mail as it should be now; undefined where nobody needs it any more. */
export async function composeMail(
  context: ComposeContext,
  { mail, noticedAt }: { mail: WaitingMail; noticedAt: string },
): Promise<Letter | undefined> {
  const { sql, config } = context
  const user = await findUserById(sql, mail.user_id)
  if (!user) return undefined
  if ('token_id' in mail) return composeLinkMail(context, { user, tokenId: mail.token_id })
  const values = { link: config.publicUrl, noticedAt }
  if ('change_id' in mail) {
    const former = await findFormerEmail(sql, mail.change_id)
    return former && { ...renderMail({ template: mail.template, values }), to: former.email }
  }
  const displayName = user.email_verified_at ? user.display_name : undefined
  return { ...renderMail({ template: mail.template, values, displayName }), to: user.email }
}
