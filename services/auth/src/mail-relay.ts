import { MailError } from '@secureconnect/mail'
import { type OutboxRow, type RelayOptions, startRelay, Undeliverable } from '@secureconnect/outbox'
import { Compile } from 'typebox/compile'
import type { Context } from './context.ts'
import { composeMail } from './recovery/compose-mail.ts'
import { answerMailRequest, mailRequestTopic } from './recovery/request-mail.ts'
import { mailTopic, WaitingMail } from './waiting-mail.ts'

const waitingMail = Compile(WaitingMail)

type SendContext = Pick<Context, 'config' | 'sql' | 'mailTokens' | 'mailer' | 'log'>

async function sendMail({ sql, mailer, log, ...context }: SendContext, row: OutboxRow): Promise<void> {
  const { outbox_id: messageId, payload: mail, created_at: createdAt } = row
  if (!waitingMail.Check(mail)) throw new Undeliverable('the row is not a mail')
  const letter = await composeMail({ ...context, sql: sql.background }, { mail, noticedAt: createdAt.toISOString() })
  if (!letter) return log.info({ type: mail.template, message_id: messageId }, 'a mail was not needed any more')
  try {
    await mailer.send({ ...letter, messageId })
  } catch (error) {
    const isHopeless = error instanceof MailError && (error.reason === 'invalid' || error.reason === 'refused')
    throw isHopeless ? new Undeliverable(error.message, { cause: error }) : error
  }
}

/** Answers requests for mails, and sends the mails that wait; a mail server that is away delays them. */
export function relayMail(context: Context): Promise<AsyncDisposable> {
  const { sql, kv, log, metrics } = context
  const topics: RelayOptions['topics'] = {
    [mailRequestTopic]: { apply: (tx, row) => answerMailRequest(tx, row, context) },
    [mailTopic]: { deliver: (row) => sendMail(context, row) },
  }
  return startRelay({ sql, kv, log, metrics, topics })
}
