import { Role, type UpdateMe, type User } from '@secureconnect/protocol'
import { column, isUniqueViolation, newId, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import type { Config } from '../config.ts'
import { emailExists, userNotFound, usernameExists } from '../errors.ts'
import type { StoredPassword } from '../passwords/password-hasher.ts'
import { saveSearchEntry } from './people.ts'

const UserRow = Type.Object({
  user_id: column.id,
  email: column.text,
  email_verified_at: column.nullable(column.timestamp),
  username: column.text,
  display_name: column.text,
  avatar_url: column.nullable(column.text),
  avatar_file_id: column.nullable(column.id),
  role: Role,
  banned_at: column.nullable(column.timestamp),
  banned_until: column.nullable(column.timestamp),
  ban_reason: column.nullable(column.text),
  erasing_at: column.nullable(column.timestamp),
  totp_enabled_at: column.nullable(column.timestamp),
  password_hash: column.text,
  pepper_id: column.text,
  created_at: column.timestamp,
  updated_at: column.timestamp,
})
export type UserRow = Static<typeof UserRow>

/** Upper and lower case name the same account. */
function toKey(name: string): string {
  return name.toLowerCase()
}

type NewUser = { email: string; username: string; displayName: string } & StoredPassword

export async function insertUser(sql: Queries, user: NewUser): Promise<UserRow> {
  const { email, username, displayName, passwordHash, pepperId } = user
  try {
    const row = await sql.one(UserRow)`
      insert into users (user_id, email, email_key, username, username_key, display_name, role, password_hash, pepper_id)
      values (${newId()}, ${email}, ${toKey(email)}, ${username}, ${toKey(username)}, ${displayName}, 'user', ${passwordHash}, ${pepperId})
      returning *`
    await saveSearchEntry(sql, { userId: row.user_id, username, displayName })
    return row
  } catch (error) {
    if (isUniqueViolation(error, 'users_email_unique')) throw emailExists()
    if (isUniqueViolation(error, 'users_username_unique')) throw usernameExists()
    throw error
  }
}

const NamesRow = Type.Object({ has_email: column.flag, has_username: column.flag })

/** Refuses names that are taken before anything costly is done for them; inserting has the last word. */
export async function assertNamesFree(sql: Queries, { email, username }: { email: string; username: string }) {
  const { has_email: hasEmail, has_username: hasUsername } = await sql.one(NamesRow)`
    select exists (select 1 from users where email_key = ${toKey(email)}) as has_email,
      exists (select 1 from users where username_key = ${toKey(username)}) as has_username`
  if (hasEmail) throw emailExists()
  if (hasUsername) throw usernameExists()
}

export function findUserById(sql: Queries, userId: string): Promise<UserRow | undefined> {
  return sql.maybeOne(UserRow)`select * from users where user_id = ${userId}`
}

export async function getUserById(sql: Queries, userId: string): Promise<UserRow> {
  const user = await findUserById(sql, userId)
  if (!user) throw userNotFound()
  return user
}

/** Keeps an account as it is, and other sign-ins waiting, until the transaction ends. */
export function holdUser(tx: Transaction, userId: string): Promise<UserRow | undefined> {
  return tx.maybeOne(UserRow)`select * from users where user_id = ${userId} for update`
}

/** The account of an e-mail address or a username; usernames hold no "@", so one look decides which. */
export function findUserByLogin(sql: Queries, login: string): Promise<UserRow | undefined> {
  const key = toKey(login)
  return login.includes('@')
    ? sql.maybeOne(UserRow)`select * from users where email_key = ${key}`
    : sql.maybeOne(UserRow)`select * from users where username_key = ${key}`
}

export async function updatePassword(
  sql: Queries,
  userId: string,
  { passwordHash, pepperId }: StoredPassword,
): Promise<void> {
  await sql.execute`
    update users set password_hash = ${passwordHash}, pepper_id = ${pepperId}, updated_at = now() where user_id = ${userId}`
}

/** Puts one password in the place of another; undefined where somebody else has changed it since. */
export function replacePassword(
  sql: Queries,
  user: Pick<UserRow, 'user_id' | 'password_hash'>,
  { passwordHash, pepperId }: StoredPassword,
): Promise<UserRow | undefined> {
  return sql.maybeOne(UserRow)`
    update users set password_hash = ${passwordHash}, pepper_id = ${pepperId}, updated_at = now()
    where user_id = ${user.user_id} and password_hash = ${user.password_hash}
    returning *`
}

/** Notes that the owner of an account reads what is sent to its address. */
export async function markEmailVerified(tx: Transaction, userId: string): Promise<void> {
  await tx.execute`
    update users set email_verified_at = now(), updated_at = now()
    where user_id = ${userId} and email_verified_at is null`
}

/** Gives an account another address, which is confirmed; refuses one that is taken. */
export async function replaceEmail(tx: Transaction, userId: string, email: string): Promise<UserRow> {
  try {
    return await tx.one(UserRow)`
      update users set email = ${email}, email_key = ${toKey(email)}, email_verified_at = now(), updated_at = now()
      where user_id = ${userId}
      returning *`
  } catch (error) {
    if (isUniqueViolation(error, 'users_email_unique')) throw emailExists()
    throw error
  }
}

/** Changes what a patch names, and what the account is found by; an avatar of one kind takes the place of the other. */
export async function updateProfile(tx: Transaction, userId: string, patch: UpdateMe): Promise<UserRow | undefined> {
  const { display_name: displayName, avatar_url: url, avatar_file_id: fileId } = patch
  const keepsUrl = url === undefined && !fileId
  const keepsFile = fileId === undefined && !url
  const row = await tx.maybeOne(UserRow)`
    update users set updated_at = now(), display_name = coalesce(${displayName ?? null}, display_name),
      avatar_url = case when ${keepsUrl}::boolean then avatar_url else ${url ?? null} end,
      avatar_file_id = case when ${keepsFile}::boolean then avatar_file_id else ${fileId ?? null}::uuid end
    where user_id = ${userId} and erasing_at is null
    returning *`
  if (row) await saveSearchEntry(tx, { userId, username: row.username, displayName: row.display_name })
  return row
}

/** Marks an account as one that is being erased; false where it is already, or its password is another by now. */
export async function markErasing(
  tx: Transaction,
  { user_id: userId, password_hash: passwordHash }: Pick<UserRow, 'user_id' | 'password_hash'>,
): Promise<boolean> {
  const marked = await tx.execute`
    update users set erasing_at = now(), updated_at = now()
    where user_id = ${userId} and password_hash = ${passwordHash} and erasing_at is null`
  return marked === 1
}

export async function removeUser(tx: Transaction, userId: string): Promise<void> {
  await tx.execute`delete from users where user_id = ${userId}`
}

type OwnView = { config: Pick<Config, 'emailVerification'>; status?: User['status'] }

/** The account as its owner sees it. */
export function toUser(row: UserRow, { config, status = 'offline' }: OwnView): User {
  return {
    user_id: row.user_id,
    email: row.email,
    email_verified: row.email_verified_at !== null,
    email_verification_due: row.email_verified_at === null && config.emailVerification !== 'off',
    username: row.username,
    display_name: row.display_name,
    avatar_url: row.avatar_url,
    avatar_file_id: row.avatar_file_id,
    role: row.role,
    totp_enabled: row.totp_enabled_at !== null,
    status,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
