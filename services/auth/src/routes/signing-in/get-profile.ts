import { sessions } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { userNotFound } from '../../errors.ts'
import { findUserById } from '../../stores/users.ts'

export const getProfile = route(sessions.getProfile, ({ sql }: Pick<Context, 'sql'>) => async ({ caller }) => {
  const user = await findUserById(sql, caller.userId)
  if (!user) throw userNotFound()
  const { user_id, email, username, role } = user
  return { user_id, email, username, role, session_id: caller.sessionId }
})
