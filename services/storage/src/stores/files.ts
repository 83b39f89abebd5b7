import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const State = Type.Union([Type.Literal('pending'), Type.Literal('live')])
/** `waiting` is for a scanner; `none` was never to be scanned. */
const Scan = Type.Union([Type.Literal('none'), Type.Literal('waiting'), Type.Literal('clean')])

export const FileRow = Type.Object({
  file_id: column.id,
  owner_id: column.id,
  state: State,
  file_name: column.text,
  content_type: column.text,
  size: column.integer,
  sha256: column.nullable(column.text),
  is_encrypted: column.flag,
  object_key: column.nullable(column.text),
  parts_id: column.nullable(column.text),
  upload_ends_at: column.nullable(column.timestamp),
  scan: Scan,
  preview_key: column.nullable(column.text),
  width: column.nullable(column.integer),
  height: column.nullable(column.integer),
  created_at: column.timestamp,
})

/** A file, or while it is pending the announcement of one. */
export type FileRow = Static<typeof FileRow>

export function findFile(sql: Queries, fileId: string): Promise<FileRow | undefined> {
  return sql.maybeOne(FileRow)`select * from files where file_id = ${fileId}`
}

/** Keeps a file from being sent, completed and deleted until the transaction ends. */
export function lockFile(tx: Transaction, fileId: string): Promise<FileRow | undefined> {
  return tx.maybeOne(FileRow)`select * from files where file_id = ${fileId} for update`
}

/** A live file, if this person may read it now. */
export function findReadable(
  sql: Queries,
  { fileId, userId }: { fileId: string; userId: string },
): Promise<FileRow | undefined> {
  return sql.maybeOne(FileRow)`
    select * from files where file_id = ${fileId} and state = 'live' and exists (
      select 1 from file_readers
      where file_readers.file_id = ${fileId} and (reader_id = ${userId} or reader_id is null)
    )`
}

/** Makes a pending file live, with its bytes under a key of their own. */
export function makeLive(
  tx: Transaction,
  { fileId, key, scan }: { fileId: string; key: string; scan: FileRow['scan'] },
): Promise<FileRow> {
  return tx.one(FileRow)`
    update files set state = 'live', object_key = ${key}, scan = ${scan}, parts_id = null, upload_ends_at = null
    where file_id = ${fileId}
    returning *`
}

type Inspected = { fileId: string; previewKey: string | null; size: { width: number; height: number } | null }

/** Notes what was found in a file: that it does no harm if it was scanned, and how large it is as an image. */
export async function saveInspection(tx: Transaction, { fileId, previewKey, size }: Inspected): Promise<void> {
  await tx.execute`
    update files set scan = case when scan = 'waiting' then 'clean' else scan end, preview_key = ${previewKey},
      width = ${size?.width ?? null}, height = ${size?.height ?? null}
    where file_id = ${fileId}`
}

/** Removes a file with all that refers to it. */
export async function deleteFile(tx: Transaction, fileId: string): Promise<void> {
  await tx.execute`delete from files where file_id = ${fileId}`
}

/** Whether a message that has not expired, or its owner's profile, shows a file. */
export async function isReferredTo(tx: Transaction, { file_id, owner_id }: FileRow): Promise<boolean> {
  const { found } = await tx.one(Type.Object({ found: column.flag }))`
    select exists (
      select 1 from file_references
      where file_id = ${file_id} and (expires_at is null or expires_at > clock_timestamp())
    ) or exists (
      select 1 from users where user_id = ${owner_id} and avatar_file_id = ${file_id} and erasing_at is null
    ) as found`
  return found
}

const lowestId = '00000000-0000-0000-0000-000000000000'
const highestId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

type OwnPage = { userId: string; after: string | undefined; rows: number }

/** Somebody's live files, the newest first. */
export function listOwnFiles(sql: Queries, { userId, after = highestId, rows }: OwnPage): Promise<FileRow[]> {
  return sql.many(FileRow)`
    select * from files where owner_id = ${userId} and state = 'live' and file_id < ${after}
    order by file_id desc limit ${rows}`
}

/** All that somebody has or has announced, the oldest first. */
export function listAllOf(sql: Queries, { userId, after = lowestId, rows }: OwnPage): Promise<FileRow[]> {
  return sql.many(FileRow)`
    select * from files where owner_id = ${userId} and file_id > ${after} order by file_id limit ${rows}`
}

/** Which of these files there are, and what of the store is theirs. */
export function listFiles(sql: Queries, fileIds: readonly string[]): Promise<FileRow[]> {
  return sql.many(FileRow)`select * from files where file_id = any(${fileIds}::uuid[])`
}
