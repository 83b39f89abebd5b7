import { presence } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { tellTyping as tell } from '../../people/tell-typing.ts'

export const tellTyping = route(
  presence.type,
  (context: Pick<Context, 'sql' | 'fanOut'>) =>
    async ({ body: { conversation_id: conversationId, is_typing: isTyping }, caller: { userId } }) => {
      await tell(context, { conversationId, userId, isTyping })
      return { message: isTyping ? 'It is told for 6 seconds.' : 'It is told no more.' }
    },
)
