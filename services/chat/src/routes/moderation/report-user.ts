import { findUser } from '@secureconnect/directory'
import { reports } from '@secureconnect/protocol'
import { hashBody, readIdempotencyKey, route, validationError } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { assertWellFormed } from '../../conversations/assert-well-formed.ts'
import { userNotFound } from '../../errors.ts'
import { makeReport } from '../../moderation/make-report.ts'

type Needed = Pick<Context, 'sql' | 'events'>

export const reportUser = route(reports.reportUser, (context: Needed) => async (input) => {
  const { params, body, caller, request, reply } = input
  const { user_id } = params
  const { reason } = body
  assertWellFormed({ reason })
  if (user_id === caller.userId) throw validationError([{ field: 'user_id', message: 'must be somebody else' }])
  const key = readIdempotencyKey(request)
  const reporting = {
    userId: caller.userId,
    operation: reports.reportUser.name,
    key,
    bodyHash: hashBody({ user_id, ...body }),
  }
  const { report, isNew } = await makeReport(context, reporting, async (tx) => {
    if (!(await findUser(tx, user_id))) throw userNotFound()
    return { subject_id: user_id, user_id, conversation_id: null, seq: null, reason, disclosed_content: null }
  })
  reply.code(isNew ? 201 : 200)
  return report
})
