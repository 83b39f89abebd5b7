import { type BodyOf, reports } from '@secureconnect/protocol'
import { hashBody, readIdempotencyKey, route, validationError } from '@secureconnect/service'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../../context.ts'
import { actIn } from '../../conversations/act-in.ts'
import { assertWellFormed } from '../../conversations/assert-well-formed.ts'
import { deletedAlready } from '../../errors.ts'
import { findVisible, refreshMessage } from '../../history/find-message.ts'
import type { StoredMessage } from '../../log/log-event.ts'
import { makeReport } from '../../moderation/make-report.ts'

type Needed = Pick<Context, 'sql' | 'archive' | 'events'>
type Body = BodyOf<typeof reports.reportMessage>

function assertReportable({ senderId, deletedAt, facts }: StoredMessage, body: Body, userId: string): void {
  if (senderId === userId) throw validationError([{ field: 'message_id', message: 'must be of somebody else' }])
  if (deletedAt !== null) throw deletedAlready()
  if (body.disclosed_content === undefined || facts.is_encrypted) return
  throw validationError([{ field: 'disclosed_content', message: 'must not be there: this message can be read' }])
}

/** What is reported of a message that the caller sees; while its conversation is locked it cannot vanish. */
async function toReport(tx: Transaction, seen: StoredMessage, { body, userId }: { body: Body; userId: string }) {
  const { conversationId } = seen
  await actIn(tx, { conversationId, userId })
  const message = await refreshMessage(tx, seen)
  assertReportable(message, body, userId)
  return {
    subject_id: message.messageId,
    user_id: message.senderId,
    conversation_id: conversationId,
    seq: message.seq,
    reason: body.reason,
    disclosed_content: body.disclosed_content ?? null,
  }
}

export const reportMessage = route(reports.reportMessage, (context: Needed) => async (input) => {
  const { params, body, caller, request, reply } = input
  const { userId } = caller
  const { message_id: messageId } = params
  const { reason, disclosed_content } = body
  assertWellFormed({ reason, disclosed_content })
  const key = readIdempotencyKey(request)
  const bodyHash = hashBody({ message_id: messageId, ...body })
  const seen = await findVisible(context, { messageId, userId })
  const reporting = { userId, operation: reports.reportMessage.name, key, bodyHash }
  const { report, isNew } = await makeReport(context, reporting, (tx) => toReport(tx, seen, { body, userId }))
  reply.code(isNew ? 201 : 200)
  return report
})
