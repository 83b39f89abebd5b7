import { accounts } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { userNotFound } from '../../errors.ts'
import { findUserById, toUser } from '../../stores/users.ts'

export const getMe = route(accounts.getMe, ({ sql, config }: Pick<Context, 'sql' | 'config'>) => async ({ caller }) => {
  const user = await findUserById(sql, caller.userId)
  if (!user) throw userNotFound()
  return toUser(user, { config })
})
