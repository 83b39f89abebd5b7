import { findBan } from '../admin/find-ban.ts'
import type { Context } from '../context.ts'
import { accountBanned, emailNotVerified, invalidCredentials } from '../errors.ts'
import type { UserRow } from '../stores/users.ts'

/** Refuses somebody who proved who he is and may not come in all the same; a refresh asks this as a login does. */
export function assertMaySignIn({ config }: Pick<Context, 'config'>, user: UserRow): void {
  if (user.erasing_at) throw invalidCredentials()
  const ban = findBan(user)
  if (ban) throw accountBanned(ban)
  if (config.emailVerification === 'required' && !user.email_verified_at) throw emailNotVerified()
}
