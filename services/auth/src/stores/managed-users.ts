import { AccountStatus, Role } from '@secureconnect/protocol'
import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const BanRow = Type.Object({
  user_id: column.id,
  banned_at: column.nullable(column.timestamp),
  banned_until: column.nullable(column.timestamp),
  ban_reason: column.nullable(column.text),
})
export type BanRow = Static<typeof BanRow>

const ManagedUserRow = Type.Object({
  ...BanRow.properties,
  email: column.text,
  email_verified_at: column.nullable(column.timestamp),
  username: column.text,
  display_name: column.text,
  role: Role,
  status: AccountStatus,
  created_at: column.timestamp,
  last_used_at: column.nullable(column.timestamp),
  sort_key: column.text,
})
export type ManagedUserRow = Static<typeof ManagedUserRow>

export type UserListing = {
  /** Text that the username, the display name or the address contains. */
  search: string | undefined
  status: AccountStatus | undefined
  sort: 'created' | 'last_used' | 'username'
  isDescending: boolean
  /** The last account of the page before. */
  after: { key: string; id: string } | undefined
  rows: number
}

/** In a pattern these three mean more than themselves. */
function toPattern(search: string): string {
  return `%${search.replace(/[\\%_]/g, '\\$&')}%`
}

/**
 * Lists accounts by one sort key that is always a text: times in full, because a cursor must not lose the part of a
 * millisecond that tells two accounts apart.
 */
export function listManagedUsers(sql: Queries, listing: UserListing): Promise<ManagedUserRow[]> {
  const { search, status = null, sort, isDescending, after, rows } = listing
  const pattern = search === undefined ? null : toPattern(search)
  return sql.many(ManagedUserRow)`
    with described as (
      select users.*,
        case when erasing_at is not null then 'erasing'
          when banned_at is not null and (banned_until is null or banned_until > now()) then 'banned'
          else 'active' end as account_status,
        (select max(last_used_at) from sessions where sessions.user_id = users.user_id) as last_used_at
      from users
      where ${pattern}::text is null or username_key like lower(${pattern}) or email_key like lower(${pattern})
        or lower(display_name) like lower(${pattern})
    ), keyed as (
      select *, case ${sort}::text when 'username' then username_key
        else coalesce(to_char(case ${sort}::text when 'created' then created_at else last_used_at end at time zone 'utc',
          'YYYY-MM-DD HH24:MI:SS.US'), '') end as sort_key
      from described where ${status}::text is null or account_status = ${status}
    )
    select user_id, banned_at, banned_until, ban_reason, email, email_verified_at, username, display_name, role,
      account_status as status, created_at, last_used_at, sort_key
    from keyed
    where ${after?.id ?? null}::uuid is null
      or case when ${isDescending}::boolean
        then (sort_key, user_id) < (${after?.key ?? ''}, ${after?.id ?? null}::uuid)
        else (sort_key, user_id) > (${after?.key ?? ''}, ${after?.id ?? null}::uuid) end
    order by case when ${isDescending}::boolean then sort_key end desc,
      case when ${isDescending}::boolean then user_id end desc, sort_key, user_id
    limit ${rows}`
}

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
