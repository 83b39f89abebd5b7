import { conversations } from '@secureconnect/protocol'
import { hashBody, makeOnce, readIdempotencyKey, route, validationError } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { assertWellFormed } from '../../conversations/assert-well-formed.ts'
import { createDirect } from '../../conversations/create-direct.ts'
import { createGroup } from '../../conversations/create-group.ts'
import { getOwnConversation } from '../../conversations/own-conversations.ts'

/** The other one of two, and nothing that only a group has. */
function readPeer(others: readonly string[], title: string | undefined): string {
  const [peerId] = others
  if (peerId === undefined || others.length > 1)
    throw validationError([{ field: 'participant_ids', message: 'must name one other person' }])
  if (title !== undefined) throw validationError([{ field: 'title', message: 'is for groups' }])
  return peerId
}

export const createConversation = route(
  conversations.create,
  ({ sql, fanOut, events }: Pick<Context, 'sql' | 'fanOut' | 'events'>) =>
    async ({ body, caller: { userId }, request, reply }) => {
      const { type, title, participant_ids, is_e2ee_enabled: isEncrypted = false } = body
      assertWellFormed({ title })
      const others = participant_ids.filter((id) => id !== userId)
      const common = { callerId: userId, isEncrypted, fanOut }
      const peerId = type === 'direct' ? readPeer(others, title) : undefined
      const key = readIdempotencyKey(request)
      const keyed = { userId, operation: conversations.create.name, key, bodyHash: hashBody(body) }
      const { id: conversationId, isNew } = await sql.transaction((tx) =>
        makeOnce(tx, keyed, () =>
          peerId === undefined
            ? createGroup(tx, { ...common, others, title })
            : createDirect(tx, { ...common, peerId }),
        ),
      )
      if (isNew) events.conversationCreated({ userId, conversationId, type })
      reply.code(isNew ? 201 : 200)
      return getOwnConversation(sql, { conversationId, userId })
    },
)
