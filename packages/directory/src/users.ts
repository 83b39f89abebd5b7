import { Role, UserStatus } from '@secureconnect/protocol'
import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const DirectoryUser = Type.Object({
  user_id: column.id,
  username: column.text,
  display_name: column.text,
  avatar_url: column.nullable(column.text),
  avatar_file_id: column.nullable(column.id),
  role: Role,
  status: UserStatus,
})

/** What the services may know of somebody's account: nothing that only its owner should see. */
export type DirectoryUser = Static<typeof DirectoryUser>

/** Somebody's account; undefined also when it is being erased, and whatever names him still is by a deleted account. */
export function findUser(sql: Queries, userId: string): Promise<DirectoryUser | undefined> {
  return sql.maybeOne(DirectoryUser)`
    select user_id, username, display_name, avatar_url, avatar_file_id, role, status
    from users where user_id = ${userId} and erasing_at is null`
}

/** The accounts among these that there are, in no particular order; those being erased are not. */
export function listUsers(sql: Queries, userIds: readonly string[]): Promise<DirectoryUser[]> {
  return sql.many(DirectoryUser)`
    select user_id, username, display_name, avatar_url, avatar_file_id, role, status
    from users where user_id = any(${userIds}::uuid[]) and erasing_at is null`
}

const IdRow = Type.Object({ user_id: column.id })

/** Locks accounts, always in the same order; those that are being erased count as gone. Returns how many there are. */
export async function lockAccounts(tx: Transaction, userIds: readonly string[]): Promise<number> {
  const rows = await tx.many(IdRow)`
    select user_id from users where user_id = any(${userIds}::uuid[]) and erasing_at is null
    order by user_id for no key update`
  return rows.length
}

/** Whether somebody is an administrator now; what his access token says of it may be a quarter of an hour old. */
export async function isAdmin(sql: Queries, userId: string): Promise<boolean> {
  const row = await sql.maybeOne(IdRow)`select user_id from users where user_id = ${userId} and role = 'admin'`
  return row !== undefined
}
