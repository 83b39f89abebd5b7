import { Type } from 'typebox'
import { Nullable, Strict, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { Committed, GroupCommit } from '../operations/commits.ts'
import { RequestId } from '../sockets.ts'

export const commitEvents = {
  'group.commit': Type.Object({
    commit_id: Uuid,
    by: Uuid,
    group_epoch: Type.Integer({ description: 'The epoch that it began' }),
    commit: Nullable(
      Type.String({ description: `null where it has more than ${limits.inlineCommitCharacters} characters: fetch it` }),
    ),
    added_ids: Type.Array(Uuid),
    removed_ids: Type.Array(Uuid),
  }),
} as const

export const commitRequests = {
  'group.commit': {
    frame: Strict({
      type: Type.Literal('group.commit'),
      id: RequestId,
      conversation_id: Uuid,
      ...GroupCommit.properties,
    }),
    reply: Committed,
  },
} as const
