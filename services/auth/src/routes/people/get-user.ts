import { findUser } from '@secureconnect/directory'
import { people } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { userNotFound } from '../../errors.ts'
import { toPublicProfile } from '../../stores/people.ts'

export const getUser = route(people.get, ({ sql }: Pick<Context, 'sql'>) => async ({ params }) => {
  const user = await findUser(sql, params.user_id)
  if (!user) throw userNotFound()
  return toPublicProfile(user)
})
