import { lifetimes } from '@secureconnect/protocol'
import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const BackupRow = Type.Object({
  version: column.integer,
  kdf: column.text,
  backup: column.text,
  updated_at: column.timestamp,
})
export type BackupRow = Static<typeof BackupRow>

/** Somebody's backup; one that was kept before there were proofs can be opened by nobody, and counts for nothing. */
export function findBackup(sql: Queries, userId: string): Promise<BackupRow | undefined> {
  return sql.maybeOne(BackupRow)`
    select version, kdf, backup, updated_at from key_backups where user_id = ${userId} and proof_hash is not null`
}

/** All there is of somebody's: one or none. */
export async function listBackups(sql: Queries, userId: string): Promise<BackupRow[]> {
  const backup = await findBackup(sql, userId)
  return backup ? [backup] : []
}

type Next = { userId: string; baseVersion: number; backup: string; kdf: string; proofHash: Buffer }

/** Puts a backup into the place of the version that it follows; undefined where that is not the present one. */
export function replaceBackup(sql: Queries, next: Next): Promise<BackupRow | undefined> {
  const { userId, baseVersion, backup, kdf, proofHash } = next
  return baseVersion === 0
    ? sql.maybeOne(BackupRow)`
        insert into key_backups (user_id, version, backup, kdf, proof_hash)
        values (${userId}, 1, ${backup}, ${kdf}, ${proofHash})
        on conflict (user_id) do update set version = 1, backup = excluded.backup, kdf = excluded.kdf,
          proof_hash = excluded.proof_hash, updated_at = clock_timestamp()
        where key_backups.proof_hash is null
        returning version, kdf, backup, updated_at`
    : sql.maybeOne(BackupRow)`
        update key_backups set version = version + 1, backup = ${backup}, kdf = ${kdf}, proof_hash = ${proofHash},
          updated_at = clock_timestamp()
        where user_id = ${userId} and version = ${baseVersion} and proof_hash is not null
        returning version, kdf, backup, updated_at`
}

const Try = Type.Object({
  ...BackupRow.properties,
  is_right: column.flag,
  tries: column.integer,
  ends_in_ms: column.integer,
})

/** Counts a try to open somebody's backup before anybody is told whether it is right. */
export function takeTry(
  sql: Queries,
  { userId, proofHash }: { userId: string; proofHash: Buffer },
): Promise<Static<typeof Try> | undefined> {
  return sql.maybeOne(Try)`
    update key_backups set
      tries = case when tries_began_at + ${lifetimes.keyBackupTriesMs}::bigint * interval '1 millisecond' > clock_timestamp()
        then tries + 1 else 1 end,
      tries_began_at = case
        when tries_began_at + ${lifetimes.keyBackupTriesMs}::bigint * interval '1 millisecond' > clock_timestamp()
        then tries_began_at else clock_timestamp() end
    where user_id = ${userId} and proof_hash is not null
    returning version, kdf, backup, updated_at, tries, proof_hash = ${proofHash} as is_right,
      (extract(epoch from tries_began_at - clock_timestamp()) * 1000)::bigint + ${lifetimes.keyBackupTriesMs}::bigint
        as ends_in_ms`
}

/** How often somebody was wrong about his passphrase within the last day. */
export async function countTries(sql: Queries, userId: string): Promise<number> {
  const found = await sql.maybeOne(Type.Object({ tries: column.integer }))`
    select tries from key_backups where user_id = ${userId}
      and tries_began_at + ${lifetimes.keyBackupTriesMs}::bigint * interval '1 millisecond' > clock_timestamp()`
  return found?.tries ?? 0
}

/** Gives a try back that was right. */
export async function giveTryBack(sql: Queries, userId: string): Promise<void> {
  await sql.execute`update key_backups set tries = greatest(tries - 1, 0) where user_id = ${userId}`
}

/** Removes somebody's backup; false where there was none. */
export async function removeBackup(sql: Queries, userId: string): Promise<boolean> {
  return (await sql.execute`delete from key_backups where user_id = ${userId}`) === 1
}
