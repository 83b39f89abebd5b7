import type { Role } from '@secureconnect/protocol'
import type { Sql } from '@secureconnect/sql'
import type { Events } from '../events/events.ts'
import { updateRole } from '../stores/managed-users.ts'
import { findUserByLogin, type UserRow } from '../stores/users.ts'
import { findBan } from './find-ban.ts'

type Context = {
  sql: Sql
  events: Pick<Events, 'roleSet'>
  /** Whether an address must be confirmed: otherwise its account may be that of somebody else, who waits for this. */
  needsConfirmedAddress: boolean
}

function assertMayBeAdmin(user: UserRow, { needsConfirmedAddress }: Context): void {
  if (user.erasing_at) throw new Error(`The account of ${user.email} is being erased.`)
  if (findBan(user)) throw new Error(`The account of ${user.email} is banned: lift the ban first.`)
  if (needsConfirmedAddress && !user.email_verified_at) {
    throw new Error(
      `${user.email} is not confirmed yet: follow the link in the mail that was sent there, then try again.`,
    )
  }
}

/** Makes the account of an address an administrator or an ordinary one; returns a sentence that says what came of it. */
export async function setRole(context: Context, email: string, role: Role): Promise<string> {
  const user = await findUserByLogin(context.sql, email)
  if (!user) throw new Error(`There is no account with the address ${email}: register it first.`)
  const name = `${user.email} (username ${user.username})`
  const is = role === 'admin' ? 'an administrator' : 'an ordinary account'
  if (user.role === role) return `${name} is ${is} already.`
  if (role === 'admin') assertMayBeAdmin(user, context)
  await updateRole(context.sql, user.user_id, role)
  context.events.roleSet({ targetId: user.user_id, role })
  return `${name} is ${is} now.`
}
