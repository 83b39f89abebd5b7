import { Type } from 'typebox'
import { Nullable, Strict, Timestamp, Uuid } from '../fields.ts'
import { Seq } from '../operations/messages.ts'
import { Poll, PollOption, PollType, Vote } from '../operations/polls.ts'
import { RequestId } from '../sockets.ts'

export const pollEvents = {
  'poll.created': Type.Object({
    poll_id: Uuid,
    created_by: Uuid,
    question: Nullable(Type.String()),
    options: Type.Array(PollOption),
    poll_type: PollType,
    allow_vote_change: Type.Boolean(),
    expires_at: Nullable(Timestamp),
  }),
  'poll.updated': Type.Object({
    poll_id: Uuid,
    target_seq: Seq,
    status: Type.Union([Type.Literal('open'), Type.Literal('closed'), Type.Literal('deleted')]),
    voter_count: Type.Integer(),
    options: Type.Array(Type.Object({ option_id: Uuid, vote_count: Type.Integer() })),
  }),
} as const

export const pollRequests = {
  'poll.vote': {
    frame: Strict({ type: Type.Literal('poll.vote'), id: RequestId, ...Vote.properties }),
    reply: Poll,
  },
} as const
