import { presence } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'

export const listPresence = route(
  presence.list,
  ({ presenceBook }: Pick<Context, 'presenceBook'>) =>
    async ({ query: { user_ids }, caller: { userId } }) => ({
      presence: await presenceBook.list(userId, user_ids.split(',')),
    }),
)
