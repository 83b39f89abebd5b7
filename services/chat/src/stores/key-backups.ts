import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const BackupRow = Type.Object({ version: column.integer, backup: column.text, updated_at: column.timestamp })
export type BackupRow = Static<typeof BackupRow>

export function findBackup(sql: Queries, userId: string): Promise<BackupRow | undefined> {
  return sql.maybeOne(BackupRow)`
    select version, backup, updated_at from key_backups where user_id = ${userId}`
}

/** All there is of somebody's: one or none. */
export async function listBackups(sql: Queries, userId: string): Promise<BackupRow[]> {
  const backup = await findBackup(sql, userId)
  return backup ? [backup] : []
}

type Next = { userId: string; baseVersion: number; backup: string }

/** Puts a backup into the place of the version that it follows; undefined where that is not the present one. */
export function replaceBackup(sql: Queries, { userId, baseVersion, backup }: Next): Promise<BackupRow | undefined> {
  return baseVersion === 0
    ? sql.maybeOne(BackupRow)`
        insert into key_backups (user_id, version, backup) values (${userId}, 1, ${backup})
        on conflict do nothing returning version, backup, updated_at`
    : sql.maybeOne(BackupRow)`
        update key_backups set version = version + 1, backup = ${backup}, updated_at = clock_timestamp()
        where user_id = ${userId} and version = ${baseVersion} returning version, backup, updated_at`
}
