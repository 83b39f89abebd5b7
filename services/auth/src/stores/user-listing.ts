import { AccountStatus, Role } from '@secureconnect/protocol'
import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { BanRow } from './managed-users.ts'

const ListedUserRow = Type.Object({
  ...BanRow.properties,
  email: column.text,
  email_verified_at: column.nullable(column.timestamp),
  username: column.text,
  display_name: column.text,
  role: Role,
  status: AccountStatus,
  created_at: column.timestamp,
  last_used_at: column.nullable(column.timestamp),
  time_key: column.integer,
  name_key: column.text,
})
export type ListedUserRow = Static<typeof ListedUserRow>

export type UserListing = {
  /** Text that the username, the display name or the address contains. */
  search: string | undefined
  status: AccountStatus | undefined
  sort: 'created' | 'last_used' | 'username'
  isDescending: boolean
  /** The last account of the page before: a time in microseconds or a name, whichever is the order, and the id. */
  after: { time: number; name: string; id: string } | undefined
  rows: number
}

type Order = 'created' | 'username' | 'never used'

/** In a pattern these three mean more than themselves. */
function toPattern(search: string | undefined): string | null {
  return search === undefined ? null : `%${search.replace(/[\\%_]/g, '\\$&')}%`
}

/** In full, because a cursor must not lose the part of a millisecond that tells two accounts apart. */
function writeInstant(microseconds: number): string {
  const text = new Date(Math.floor(microseconds / 1_000)).toISOString()
  return text.replace('Z', `${`${microseconds % 1_000}`.padStart(3, '0')}Z`)
}

function listInOrder(sql: Queries, listing: UserListing, order: Order): Promise<ListedUserRow[]> {
  const { search, status = null, isDescending, after, rows } = listing
  const pattern = toPattern(search)
  const afterId = after?.id ?? null
  const afterName = after?.name ?? ''
  const afterTime = writeInstant(after?.time ?? 0)
  return sql.many(ListedUserRow)`
    with keyed as (
      select users.*,
        case when erasing_at is not null then 'erasing'
          when banned_at is not null and (banned_until is null or banned_until > now()) then 'banned'
          else 'active' end as account_status,
        case ${order}::text when 'created' then created_at else 'epoch'::timestamptz end as time_place,
        case ${order}::text when 'username' then username_key else '' end as name_key
      from users
      where (${pattern}::text is null or username_key like lower(${pattern}) or email_key like lower(${pattern})
          or lower(display_name) like lower(${pattern}))
        and (${order}::text <> 'never used' or not exists (select from sessions where user_id = users.user_id))
    )
    select user_id, banned_at, banned_until, ban_reason, email, email_verified_at, username, display_name, role,
      account_status as status, created_at, name_key, (extract(epoch from time_place) * 1000000)::bigint as time_key,
      (select max(last_used_at) from sessions where sessions.user_id = keyed.user_id) as last_used_at
    from keyed
    where (${status}::text is null or account_status = ${status}) and (${afterId}::uuid is null
      or case when ${isDescending}::boolean
        then (time_place, name_key, user_id) < (${afterTime}::timestamptz, ${afterName}, ${afterId}::uuid)
        else (time_place, name_key, user_id) > (${afterTime}::timestamptz, ${afterName}, ${afterId}::uuid) end)
    order by case when ${isDescending}::boolean then time_place end desc,
      case when ${isDescending}::boolean then name_key end desc,
      case when ${isDescending}::boolean then user_id end desc, time_place, name_key, user_id
    limit ${rows}`
}

/** The sessions tell the order, so that a page costs what it holds and not what there is. */
function listUsed(sql: Queries, listing: UserListing): Promise<ListedUserRow[]> {
  const { search, status = null, isDescending, after, rows } = listing
  const pattern = toPattern(search)
  const afterId = after?.id ?? null
  const afterTime = writeInstant(after?.time ?? 0)
  return sql.many(ListedUserRow)`
    with keyed as (
      select users.*, latest.last_used_at,
        case when erasing_at is not null then 'erasing'
          when banned_at is not null and (banned_until is null or banned_until > now()) then 'banned'
          else 'active' end as account_status
      from sessions as latest join users using (user_id)
      where not exists (
          select from sessions as later where later.user_id = latest.user_id
            and (later.last_used_at, later.session_id) > (latest.last_used_at, latest.session_id))
        and (${pattern}::text is null or username_key like lower(${pattern}) or email_key like lower(${pattern})
          or lower(display_name) like lower(${pattern}))
    )
    select user_id, banned_at, banned_until, ban_reason, email, email_verified_at, username, display_name, role,
      account_status as status, created_at, last_used_at, '' as name_key,
      (extract(epoch from last_used_at) * 1000000)::bigint as time_key
    from keyed
    where (${status}::text is null or account_status = ${status}) and (${afterId}::uuid is null
      or case when ${isDescending}::boolean
        then (last_used_at, user_id) < (${afterTime}::timestamptz, ${afterId}::uuid)
        else (last_used_at, user_id) > (${afterTime}::timestamptz, ${afterId}::uuid) end)
    order by case when ${isDescending}::boolean then last_used_at end desc,
      case when ${isDescending}::boolean then user_id end desc, last_used_at, user_id
    limit ${rows}`
}

const listUnused = (sql: Queries, listing: UserListing) => listInOrder(sql, listing, 'never used')

/** Accounts that nobody uses now were used before all others. */
async function listByUse(sql: Queries, listing: UserListing): Promise<ListedUserRow[]> {
  const { isDescending, after, rows } = listing
  const parts = isDescending ? [listUsed, listUnused] : [listUnused, listUsed]
  const begun = after && parts.indexOf(after.time === 0 ? listUnused : listUsed)
  const found: ListedUserRow[] = []
  for (const [index, list] of parts.entries()) {
    if (index < (begun ?? 0) || found.length === rows) continue
    const part = { ...listing, after: index === begun ? after : undefined, rows: rows - found.length }
    found.push(...(await list(sql, part)))
  }
  return found
}

/** Lists a page of the accounts that fit. */
export function listManagedUsers(sql: Queries, listing: UserListing): Promise<ListedUserRow[]> {
  const { sort } = listing
  return sort === 'last_used' ? listByUse(sql, listing) : listInOrder(sql, listing, sort)
}
