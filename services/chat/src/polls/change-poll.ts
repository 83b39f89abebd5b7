import type { MemberRole, Poll } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { maySee } from '../conversations/act-in.ts'
import { notAllowed, pollNotFound } from '../errors.ts'
import type { FanOut } from '../fan-out/fan-out.ts'
import { appendEvents } from '../log/append-events.ts'
import { emptyText, type Head, lockHeads } from '../stores/conversation-log.ts'
import { findMembership } from '../stores/members.ts'
import { closePoll, findPoll, type PollRow } from '../stores/polls.ts'
import { toPolls } from './to-polls.ts'

/** A poll as it is now, its conversation being locked, and what whoever wants to change it is there. */
export type HeldPoll = { tx: Transaction; head: Head; poll: PollRow; role: MemberRole }

/** Changes a poll that somebody may see, while for everybody else there is none; nothing else happens in its conversation while `change` runs. */
export async function changePoll<T>(
  { sql, inTurn }: Pick<Context, 'sql' | 'inTurn'>,
  { pollId, userId }: { pollId: string; userId: string },
  change: (held: HeldPoll) => Promise<T>,
): Promise<T> {
  const seen = await findPoll(sql, pollId)
  if (!seen) throw pollNotFound()
  const { conversation_id: conversationId } = seen
  const changeHeld = async (tx: Transaction) => {
    const [head] = await lockHeads(tx, [conversationId])
    const own = await findMembership(tx, { conversationId, userId })
    // What it says never changes, but it may be closed or gone by now.
    const poll = await findPoll(tx, pollId)
    if (!head || !own || !poll || !maySee({ head, own }, poll.seq)) throw pollNotFound()
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

type Told = { head: Head; poll: Poll; actorId: string | null; fanOut: Pick<FanOut, 'publish'> }

/** Says how a poll stands. Who voted is nobody's business. */
export async function appendPollUpdate(tx: Transaction, { head, poll, actorId, fanOut }: Told): Promise<void> {
  const { poll_id, status, voter_count } = poll
  const options = poll.options.map(({ option_id, vote_count }) => ({ option_id, vote_count }))
  const data = { poll_id, status, voter_count, options }
  const draft = { kind: 'poll.updated', actor_id: actorId, target_seq: poll.seq, data } as const
  await appendEvents(tx, { head, drafts: [draft], fanOut })
}

/** Closes a poll where that has not been done, and says so; its results are those that this transaction sees. */
export async function appendPollClosing(
  tx: Transaction,
  { pollId, ...told }: Omit<Told, 'poll'> & { pollId: string },
): Promise<{ isClosed: boolean }> {
  const row = (await closePoll(tx, pollId)) ? await findPoll(tx, pollId) : undefined
  // One that has vanished meanwhile says so itself.
  const [poll] = row ? await toPolls(tx, { rows: [row], userId: null }) : []
  if (!poll) return { isClosed: false }
  await appendPollUpdate(tx, { ...told, poll })
  return { isClosed: true }
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
