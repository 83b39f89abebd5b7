import { assertNotBlocked } from '@secureconnect/directory'
import type { Poll } from '@secureconnect/protocol'
import { validationError } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { encryptionRequired, pollClosed, voteStays } from '../errors.ts'
import { peerOf } from '../log/peer-of.ts'
import { type PollRow, replaceVotes } from '../stores/polls.ts'
import { appendPollUpdate, changePoll } from './change-poll.ts'
import { toPolls } from './to-polls.ts'

type Needed = Pick<Context, 'sql' | 'inTurn' | 'fanOut' | 'events'>
type Voting = { pollId: string; userId: string; optionIds: readonly string[] }

function assertChoice({ options, poll_type }: PollRow, optionIds: readonly string[]): void {
  const fault = (message: string) => validationError([{ field: 'option_ids', message }])
  if (poll_type === 'single' && optionIds.length > 1) throw fault('must name one option at most')
  const known = new Set(options.map(({ option_id }) => option_id))
  if (!optionIds.every((id) => known.has(id))) throw fault('must be options of this poll')
}

/** How a poll stands once somebody votes for these options and no others; nobody else votes while it is locked. */
function afterVote(before: Poll, optionIds: readonly string[]): Poll {
  const [was, is] = [new Set(before.own_option_ids), new Set(optionIds)]
  const options = before.options.map((option) => {
    const { option_id: id, vote_count } = option
    return { ...option, vote_count: vote_count + Number(is.has(id)) - Number(was.has(id)) }
  })
  return {
    ...before,
    options,
    voter_count: before.voter_count + Number(is.size > 0) - Number(was.size > 0),
    own_option_ids: options.map(({ option_id }) => option_id).filter((id) => is.has(id)),
  }
}

/** Votes, or where that may be changed, votes otherwise or no longer. */
export async function vote(context: Needed, { pollId, userId, optionIds }: Voting): Promise<Poll> {
  const { fanOut, events } = context
  return changePoll(context, { pollId, userId }, async ({ tx, head, poll }) => {
    if (head.is_e2ee_enabled) throw encryptionRequired()
    if (poll.closed_at !== null) throw pollClosed()
    const peer = peerOf(head, userId)
    if (peer !== null) await assertNotBlocked(tx, userId, peer)
    assertChoice(poll, optionIds)
    const [before] = await toPolls(tx, { rows: [poll], userId })
    if (!before) throw new Error('A poll has its results')
    const own = new Set(before.own_option_ids)
    if (own.size === optionIds.length && optionIds.every((id) => own.has(id))) return before
    if (own.size > 0 && !poll.allow_vote_change) throw voteStays()
    await replaceVotes(tx, { pollId, userId, optionIds })
    const after = afterVote(before, optionIds)
    await appendPollUpdate(tx, { head, poll: after, actorId: null, fanOut })
    tx.afterCommit(() => events.pollVoted({ pollId, conversationId: head.conversation_id }))
    return after
  })
}
