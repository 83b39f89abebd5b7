import { ownAccount, type UpdateMe } from '@secureconnect/protocol'
import { route, validationError } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { userNotFound } from '../../errors.ts'
import { getUserById, toUser, updateProfile } from '../../stores/users.ts'

function assertOneAvatar({ avatar_url: url, avatar_file_id: fileId }: UpdateMe): void {
  if (url && fileId) throw validationError([{ field: 'avatar_file_id', message: 'cannot be set beside avatar_url' }])
}

export const updateMe = route(
  ownAccount.update,
  ({ sql, config, events }: Pick<Context, 'sql' | 'config' | 'events'>) =>
    async ({ body, caller: { userId } }) => {
      assertOneAvatar(body)
      if (Object.keys(body).length === 0) return toUser(await getUserById(sql, userId), { config })
      const updated = await sql.transaction((tx) => updateProfile(tx, userId, body))
      if (!updated) throw userNotFound()
      events.profileUpdated({ userId })
      return toUser(updated, { config })
    },
)
