import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const QuotaRow = Type.Object({
  used_bytes: column.integer,
  used_files: column.integer,
  reserved_bytes: column.integer,
  reserved_files: column.integer,
})

/** What somebody keeps, and what he has announced. */
export type QuotaRow = Static<typeof QuotaRow>

export async function findQuota(sql: Queries, userId: string): Promise<QuotaRow> {
  const found = await sql.maybeOne(QuotaRow)`
    select used_bytes, used_files, reserved_bytes, reserved_files from storage_quotas where user_id = ${userId}`
  return found ?? { used_bytes: 0, used_files: 0, reserved_bytes: 0, reserved_files: 0 }
}

/** Keeps somebody's quota as it is until the transaction ends. */
export function lockQuota(tx: Transaction, userId: string): Promise<QuotaRow> {
  return tx.one(QuotaRow)`
    insert into storage_quotas (user_id) values (${userId})
    on conflict (user_id) do update set user_id = excluded.user_id
    returning used_bytes, used_files, reserved_bytes, reserved_files`
}

type OneFile = { userId: string; size: number }

export async function reserve(tx: Transaction, { userId, size }: OneFile): Promise<void> {
  await tx.execute`
    update storage_quotas set reserved_bytes = reserved_bytes + ${size}, reserved_files = reserved_files + 1
    where user_id = ${userId}`
}

/** Counts a reserved file as one that is kept. */
export async function settle(tx: Transaction, { userId, size }: OneFile): Promise<void> {
  await tx.execute`
    update storage_quotas set reserved_bytes = reserved_bytes - ${size}, reserved_files = reserved_files - 1,
      used_bytes = used_bytes + ${size}, used_files = used_files + 1
    where user_id = ${userId}`
}

/** Takes a file away from what is kept, or from what was announced if it never came. */
export async function giveBack(
  tx: Transaction,
  { userId, size, wasLive }: OneFile & { wasLive: boolean },
): Promise<void> {
  const [used, reserved] = wasLive ? [1, 0] : [0, 1]
  await tx.execute`
    update storage_quotas set used_bytes = used_bytes - ${size * used}, used_files = used_files - ${used},
      reserved_bytes = reserved_bytes - ${size * reserved}, reserved_files = reserved_files - ${reserved}
    where user_id = ${userId}`
}

export async function removeQuota(tx: Transaction, userId: string): Promise<void> {
  await tx.execute`delete from storage_quotas where user_id = ${userId}`
}

const IdRow = Type.Object({ user_id: column.id })

/** People who have a quota, in the order of their ids. */
export async function listQuotaOwners(
  sql: Queries,
  { after, rows }: { after: string; rows: number },
): Promise<string[]> {
  const found = await sql.many(IdRow)`
    select user_id from storage_quotas where user_id > ${after} order by user_id limit ${rows}`
  return found.map(({ user_id }) => user_id)
}

/**
 * Counts somebody's files, and answers whether his quota said otherwise. Who changes files changes the quota with them,
 * so while it is locked the two can be compared. One that went with its account is not made again.
 */
export async function recount(tx: Transaction, userId: string): Promise<boolean> {
  await tx.execute`select user_id from storage_quotas where user_id = ${userId} for update`
  const changed = await tx.execute`
    with counted as (
      select coalesce(sum(size) filter (where state = 'live'), 0)::bigint as used_bytes,
        (count(*) filter (where state = 'live'))::integer as used_files,
        coalesce(sum(size) filter (where state = 'pending'), 0)::bigint as reserved_bytes,
        (count(*) filter (where state = 'pending'))::integer as reserved_files
      from files where owner_id = ${userId}
    )
    update storage_quotas set used_bytes = counted.used_bytes, used_files = counted.used_files,
      reserved_bytes = counted.reserved_bytes, reserved_files = counted.reserved_files
    from counted
    where user_id = ${userId}
      and (storage_quotas.used_bytes, storage_quotas.used_files, storage_quotas.reserved_bytes,
        storage_quotas.reserved_files)
        <> (counted.used_bytes, counted.used_files, counted.reserved_bytes, counted.reserved_files)`
  return changed > 0
}

/** How much everybody keeps, together. */
export async function sumUsed(sql: Queries): Promise<number> {
  const { used } = await sql.one(Type.Object({ used: column.integer }))`
    select coalesce(sum(used_bytes), 0)::bigint as used from storage_quotas`
  return used
}
