import type { Poll } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { closePoll as close, findPoll } from '../stores/polls.ts'
import { appendPollRemoval, appendPollUpdate, assertMayEnd, changePoll } from './change-poll.ts'
import { getPoll } from './find-poll.ts'

type Needed = Pick<Context, 'sql' | 'inTurn' | 'fanOut' | 'events'>
type Ending = { pollId: string; userId: string }

/** Ends a poll, whose results stay; one that is closed stays as it is. */
export async function closePoll(context: Needed, ending: Ending): Promise<Poll> {
  const { pollId, userId } = ending
  const { fanOut, events } = context
  await changePoll(context, ending, async (held) => {
    assertMayEnd(held, userId)
    const { tx, head } = held
    if (!(await close(tx, pollId))) return
    const poll = await findPoll(tx, pollId)
    if (poll) await appendPollUpdate(tx, { head, poll, actorId: userId, fanOut })
    tx.afterCommit(() => events.pollClosed({ pollId, conversationId: head.conversation_id, userId }))
  })
  return getPoll(context.sql, ending)
}

/** Removes a poll with all that it said. */
export async function deletePoll(context: Needed, ending: Ending): Promise<void> {
  const { pollId, userId } = ending
  const { fanOut, events } = context
  await changePoll(context, ending, async (held) => {
    assertMayEnd(held, userId)
    const { tx, head, poll } = held
    await appendPollRemoval(tx, { head, poll, actorId: userId, fanOut })
    tx.afterCommit(() => events.pollDeleted({ pollId, conversationId: head.conversation_id, userId }))
  })
}
