import { holdOwnImage, lockAccounts } from '@secureconnect/directory'
import { ownAccount, type UpdateMe } from '@secureconnect/protocol'
import { route, validationError } from '@secureconnect/service'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../../context.ts'
import { fileNotFound, userNotFound } from '../../errors.ts'
import { getUserById, toUser, type UserRow, updateProfile } from '../../stores/users.ts'

function assertOneAvatar({ avatar_url: url, avatar_file_id: fileId }: UpdateMe): void {
  if (url && fileId) throw validationError([{ field: 'avatar_file_id', message: 'cannot be set beside avatar_url' }])
}

/** A picture of one's own; of another's nobody may say that there is one. */
async function assertOwnImage(tx: Transaction, userId: string, fileId: string): Promise<void> {
  // Completing an upload locks the account first as well.
  await lockAccounts(tx, [userId])
  if (!(await holdOwnImage(tx, { fileId, userId }))) throw fileNotFound()
}

async function update(tx: Transaction, userId: string, body: UpdateMe): Promise<UserRow | undefined> {
  if (body.avatar_file_id) await assertOwnImage(tx, userId, body.avatar_file_id)
  return updateProfile(tx, userId, body)
}

export const updateMe = route(
  ownAccount.update,
  ({ sql, config, events }: Pick<Context, 'sql' | 'config' | 'events'>) =>
    async ({ body, caller: { userId } }) => {
      assertOneAvatar(body)
      if (Object.keys(body).length === 0) return toUser(await getUserById(sql, userId), { config })
      const updated = await sql.transaction((tx) => update(tx, userId, body))
      if (!updated) throw userNotFound()
      events.profileUpdated({ userId })
      return toUser(updated, { config })
    },
)
