import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

/**
 * Under this topic storage-service hears of files that a message showed which has gone, and drops those that nothing shows
 * any more. The key of a row is the file's id.
 */
export const fileCheckTopic = 'file-check'

const Wanted = Type.Object({ file_id: column.id, reader_id: column.id })
const ReadableFile = Type.Object({ ...Wanted.properties, is_encrypted: column.flag })

/**
 * Which of these files live and may be read by who wants to send them. They stay as they are until the transaction ends,
 * so that what is being sent cannot be deleted meanwhile.
 */
export function holdReadableFiles(
  tx: Transaction,
  wanted: readonly Static<typeof Wanted>[],
): Promise<Static<typeof ReadableFile>[]> {
  // The limit has one file looked up after the other; without it the readers of all files are read.
  return tx.many(ReadableFile)`
    select files.file_id, wanted.reader_id, files.is_encrypted
    from jsonb_to_recordset(${json(wanted)}::jsonb) as wanted (file_id uuid, reader_id uuid)
    join files on files.file_id = wanted.file_id and state = 'live'
    cross join lateral (
      select from file_readers
      where file_readers.file_id = wanted.file_id
        and (file_readers.reader_id = wanted.reader_id or file_readers.reader_id is null)
      limit 1
    ) as readable
    order by files.file_id for share of files`
}

/** Whether somebody has a plain image of this id, which then stays until the transaction ends. */
export async function holdOwnImage(
  tx: Queries,
  { fileId, userId }: { fileId: string; userId: string },
): Promise<boolean> {
  const row = await tx.maybeOne(Type.Object({ file_id: column.id }))`
    select file_id from files
    where file_id = ${fileId} and owner_id = ${userId} and state = 'live' and not is_encrypted
      and content_type like 'image/%' and content_type <> 'image/svg+xml'
    for share`
  return row !== undefined
}
