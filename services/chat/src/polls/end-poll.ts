import type { Poll } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import { appendPollClosing, appendPollRemoval, assertMayEnd, changePoll } from './change-poll.ts'
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
    const { isClosed } = await appendPollClosing(tx, { head, pollId, actorId: userId, fanOut })
    if (isClosed) tx.afterCommit(() => events.pollClosed({ pollId, conversationId: head.conversation_id, userId }))
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
