import { pins } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { unpinMessage as unpin } from '../../pins/pin-message.ts'

type Needed = Pick<Context, 'sql' | 'inTurn' | 'archive' | 'fanOut' | 'events'>

export const unpinMessage = route(pins.remove, (context: Needed) => async ({ params, caller: { userId } }) => {
  await unpin(context, { messageId: params.message_id, userId })
  return { message: 'It is not pinned.' }
})
