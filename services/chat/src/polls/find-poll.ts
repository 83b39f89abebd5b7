import type { Poll } from '@secureconnect/protocol'
import type { Queries } from '@secureconnect/sql'
import { pollNotFound } from '../errors.ts'
import { findPoll, type PollRow } from '../stores/polls.ts'
import { listViews } from '../stores/views.ts'
import { toPolls } from './to-polls.ts'

type Asked = { pollId: string; userId: string }

/** A poll that somebody may see; for everybody else there is none. */
export async function findVisiblePoll(sql: Queries, { pollId, userId }: Asked): Promise<PollRow> {
  const poll = await findPoll(sql, pollId)
  if (!poll) throw pollNotFound()
  const [view] = await listViews(sql, [{ conversationId: poll.conversation_id, userId }])
  if (view?.floor == null || poll.seq <= view.floor) throw pollNotFound()
  return poll
}

/** A poll with what came of it so far, as one of its conversation's members sees it. */
export async function getPoll(sql: Queries, { pollId, userId }: Asked): Promise<Poll> {
  const row = await findVisiblePoll(sql, { pollId, userId })
  const [poll] = await toPolls(sql, { rows: [row], userId })
  if (!poll) throw pollNotFound()
  return poll
}
