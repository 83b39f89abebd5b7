import { polls } from '@secureconnect/protocol'
import { hashBody, makeOnce, readIdempotencyKey, route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { assertPoll, createPoll as create } from '../../polls/create-poll.ts'
import { getPoll } from '../../polls/find-poll.ts'

export const createPoll = route(
  polls.create,
  ({ sql, fanOut, events }: Pick<Context, 'sql' | 'fanOut' | 'events'>) =>
    async ({ body, caller: { userId }, request }) => {
      const key = readIdempotencyKey(request)
      const keyed = { userId, operation: polls.create.name, key, bodyHash: hashBody(body) }
      assertPoll(body)
      const { id: pollId, isNew } = await sql.transaction((tx) =>
        makeOnce(tx, keyed, () => create(tx, { body, userId, fanOut })),
      )
      if (isNew) events.pollCreated({ pollId, conversationId: body.conversation_id, userId })
      return getPoll(sql, { pollId, userId })
    },
)
