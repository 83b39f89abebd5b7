import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { Type } from 'typebox'
import { FileRow } from './files.ts'

export type NewFile = Pick<
  FileRow,
  'file_id' | 'owner_id' | 'file_name' | 'content_type' | 'size' | 'sha256' | 'is_encrypted' | 'parts_id'
> & { endsAt: Date }

/** Notes a file whose bytes somebody is going to send. */
export async function insertUpload(tx: Transaction, file: NewFile): Promise<void> {
  const { file_id, owner_id, file_name, content_type, size, sha256, is_encrypted, parts_id, endsAt } = file
  await tx.execute`
    insert into files (file_id, owner_id, state, file_name, content_type, size, sha256, is_encrypted, parts_id,
      upload_ends_at)
    values (${file_id}, ${owner_id}, 'pending', ${file_name}, ${content_type}, ${size}, ${sha256}, ${is_encrypted},
      ${parts_id}, ${endsAt})`
}

/** Gives an upload more time; false where it is none any more. */
export async function prolongUpload(sql: Queries, fileId: string, endsAt: Date): Promise<boolean> {
  const prolonged = await sql.execute`
    update files set upload_ends_at = ${endsAt} where file_id = ${fileId} and state = 'pending'`
  return prolonged === 1
}

const IdRow = Type.Object({ file_id: column.id })

/** Who sent his bytes in time may still say so for a while. */
const completionGraceMs = 600_000

/** Uploads whose time is up, the oldest first. */
export async function listEndedUploads(sql: Queries, rows: number): Promise<string[]> {
  const found = await sql.many(IdRow)`
    select file_id from files
    where state = 'pending' and upload_ends_at < now() - ${completionGraceMs}::bigint * interval '1 millisecond'
    order by upload_ends_at limit ${rows}`
  return found.map((row) => row.file_id)
}

/** Locks an upload if its time is up still. */
export function lockEndedUpload(tx: Transaction, fileId: string): Promise<FileRow | undefined> {
  return tx.maybeOne(FileRow)`
    select * from files
    where file_id = ${fileId} and state = 'pending'
      and upload_ends_at < now() - ${completionGraceMs}::bigint * interval '1 millisecond'
    for update`
}
