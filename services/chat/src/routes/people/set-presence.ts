import { presence } from '@secureconnect/protocol'
import { route, validationError } from '@secureconnect/service'
import type { Context } from '../../context.ts'

export const setPresence = route(
  presence.set,
  ({ presenceBook }: Pick<Context, 'presenceBook'>) =>
    ({ body: { status, online }, caller: { userId } }) => {
      if ((status === undefined) === (online === undefined))
        throw validationError([{ field: 'status', message: 'must be given where online is not, and not beside it' }])
      return presenceBook.set(userId, status ?? (online ? 'online' : 'offline'))
    },
)
