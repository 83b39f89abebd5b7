import type { Role } from '@secureconnect/protocol'
import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

export const BanRow = Type.Object({
  user_id: column.id,
  banned_at: column.nullable(column.timestamp),
  banned_until: column.nullable(column.timestamp),
  ban_reason: column.nullable(column.text),
})
export type BanRow = Static<typeof BanRow>

type NewBan = { userId: string; until: Date | null; reason: string }

/** Bans anybody but an administrator; undefined where there is no such account. */
export function setBan(tx: Transaction, { userId, until, reason }: NewBan): Promise<BanRow | undefined> {
  return tx.maybeOne(BanRow)`
    update users set banned_at = now(), banned_until = ${until}, ban_reason = ${reason}, updated_at = now()
    where user_id = ${userId} and role <> 'admin'
    returning user_id, banned_at, banned_until, ban_reason`
}

export function liftBan(sql: Queries, userId: string): Promise<BanRow | undefined> {
  return sql.maybeOne(BanRow)`
    update users set banned_at = null, banned_until = null, ban_reason = null, updated_at = now()
    where user_id = ${userId}
    returning user_id, banned_at, banned_until, ban_reason`
}

export async function updateRole(sql: Queries, userId: string, role: Role): Promise<void> {
  await sql.execute`update users set role = ${role}, updated_at = now() where user_id = ${userId}`
}

const AdminRow = Type.Object({ email: column.text, username: column.text })

export function listAdmins(sql: Queries): Promise<Static<typeof AdminRow>[]> {
  return sql.many(AdminRow)`select email, username from users where role = 'admin' order by email_key`
}

const CountRow = Type.Object({
  total: column.integer,
  new_24h: column.integer,
  new_7d: column.integer,
  verified: column.integer,
  banned: column.integer,
  live_sessions: column.integer,
})
export type CountRow = Static<typeof CountRow>

/** Counts accounts and sessions as they are at one moment. */
export function countUsers(sql: Queries): Promise<CountRow> {
  return sql.one(CountRow)`
    select count(*) as total,
      count(*) filter (where created_at > now() - interval '24 hours') as new_24h,
      count(*) filter (where created_at > now() - interval '7 days') as new_7d,
      count(*) filter (where email_verified_at is not null) as verified,
      count(*) filter (where banned_at is not null and (banned_until is null or banned_until > now())) as banned,
      (select count(*) from sessions where status = 'live' and idle_expires_at > now() and absolute_expires_at > now())
        as live_sessions
    from users`
}
