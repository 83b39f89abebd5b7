import type { MemberRole, Poll } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { actIn } from '../conversations/act-in.ts'
import { notAllowed, pollNotFound } from '../errors.ts'
import type { FanOut } from '../fan-out/fan-out.ts'
import { appendEvents } from '../log/append-events.ts'
import { emptyText, type Head } from '../stores/conversation-log.ts'
import { findPoll, type PollRow } from '../stores/polls.ts'
import { findVisiblePoll } from './find-poll.ts'
import { toPolls } from './to-polls.ts'

/** A poll as it is now, its conversation being locked, and what whoever wants to change it is there. */
export type HeldPoll = { tx: Transaction; head: Head; poll: PollRow; role: MemberRole }

/** Changes a poll that somebody may see; nothing else happens in its conversation while `change` runs. */
export async function changePoll<T>(
  { sql, inTurn }: Pick<Context, 'sql' | 'inTurn'>,
  { pollId, userId }: { pollId: string; userId: string },
  change: (held: HeldPoll) => Promise<T>,
): Promise<T> {
  const { conversation_id: conversationId } = await findVisiblePoll(sql, { pollId, userId })
  const changeHeld = async (tx: Transaction) => {
    const { head, own } = await actIn(tx, { conversationId, userId })
    const poll = await findPoll(tx, pollId)
    if (!poll) throw pollNotFound()
    return change({ tx, head, poll, role: own.role })
  }
  return inTurn(conversationId, () => sql.transaction(changeHeld))
}

/** Refuses to end a poll for all but who made it and those who manage the group. */
export function assertMayEnd({ head, poll, role }: HeldPoll, userId: string): void {
  const isManager = head.type === 'group' && role !== 'member'
  if (poll.created_by !== userId && !isManager)
    throw notAllowed('Only who made a poll, or an admin of the group, may end it.')
}

type Told = { head: Head; poll: PollRow; actorId: string | null; fanOut: Pick<FanOut, 'publish'> }

/** Says how a poll stands, by the votes that this transaction sees, and answers it. Who voted is nobody's business. */
export async function appendPollUpdate(tx: Transaction, { head, poll, actorId, fanOut }: Told): Promise<Poll> {
  const [shown] = await toPolls(tx, { rows: [poll], userId: null })
  if (!shown) throw new Error('A poll has its results')
  const { poll_id, status, voter_count } = shown
  const options = shown.options.map(({ option_id, vote_count }) => ({ option_id, vote_count }))
  const data = { poll_id, status, voter_count, options }
  const draft = { kind: 'poll.updated', actor_id: actorId, target_seq: poll.seq, data } as const
  await appendEvents(tx, { head, drafts: [draft], fanOut })
  return shown
}

type Removal = Omit<Told, 'poll'> & { poll: { poll_id: string; seq: number } }

/** Removes a poll with its words and votes, and says that it is gone. Answers the head as it is then. */
export async function appendPollRemoval(tx: Transaction, { head, poll, actorId, fanOut }: Removal): Promise<Head> {
  const { poll_id, seq } = poll
  await emptyText(tx, { conversationId: head.conversation_id, seq })
  const data = { poll_id, status: 'deleted', voter_count: 0, options: [] }
  const draft = { kind: 'poll.updated', actor_id: actorId, target_seq: seq, data } as const
  await appendEvents(tx, { head, drafts: [draft], fanOut })
  return { ...head, last_seq: head.last_seq + 1 }
}
