import { pins } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { pinMessage as pin } from '../../pins/pin-message.ts'

type Needed = Pick<Context, 'sql' | 'inTurn' | 'archive' | 'fanOut' | 'events'>

export const pinMessage = route(pins.add, (context: Needed) => async ({ params, caller: { userId } }) => {
  await pin(context, { messageId: params.message_id, userId })
  return { message: 'It is pinned.' }
})
