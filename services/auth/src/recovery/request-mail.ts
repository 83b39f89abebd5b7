import { enqueue, type OutboxRow, Undeliverable } from '@secureconnect/outbox'
import { newId, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Context } from '../context.ts'
import { countRequestedMail } from '../stores/mail-counts.ts'
import { findUserByLogin, holdUser } from '../stores/users.ts'
import { mailLink } from './mail-link.ts'

export const mailRequestTopic = 'mail-request'

const MailRequest = Type.Object({
  purpose: Type.Union([Type.Literal('verification'), Type.Literal('password-reset')]),
  user_id: Type.Union([Type.String(), Type.Null()]),
})
type MailRequest = Static<typeof MailRequest>
const mailRequest = Compile(MailRequest)

/**
 * Notes that somebody who is not signed in wants a mail. Whether the address has an account, and whether it gets a
 * mail, is dealt with later: so there is nothing in the answer, nor in the time it takes, that tells. The relay is not
 * woken, for in one process with the embedded database its work would hold up the answer that is still on its way.
 */
export async function requestMail(
  { sql, events }: Pick<Context, 'sql' | 'events'>,
  { purpose, email }: { purpose: MailRequest['purpose']; email: string },
): Promise<void> {
  const user = await findUserByLogin(sql, email)
  const payload: MailRequest = { purpose, user_id: user?.user_id ?? null }
  const key = user?.user_id ?? newId()
  await sql.transaction((tx) => enqueue(tx, { topic: mailRequestTopic, key, payload }))
  events.mailRequested({ userId: user?.user_id, purpose })
}

/** Mails the link that was asked for, if somebody is there who needs it and has not got too many already. */
export async function answerMailRequest(
  tx: Transaction,
  { payload }: OutboxRow,
  context: Pick<Context, 'config' | 'kv' | 'mailTokens' | 'events'>,
): Promise<void> {
  if (!mailRequest.Check(payload)) throw new Undeliverable('the row is not a request for a mail')
  const { purpose, user_id: userId } = payload
  const user = userId ? await holdUser(tx, userId) : undefined
  if (!userId || !user) return
  const { config, mailTokens, events } = context
  const refuse = (reason: 'limit' | 'needless') => tx.afterCommit(() => events.mailRefused({ userId, purpose, reason }))
  const isConfirmed = config.emailVerification === 'off' || user.email_verified_at !== null
  if (user.erasing_at || (purpose === 'verification' && isConfirmed)) return refuse('needless')
  if (!(await countRequestedMail(tx, mailTokens.hashAddress(purpose, user.email)))) return refuse('limit')
  await mailLink(tx, context, { userId, purpose })
}
