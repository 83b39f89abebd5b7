import type { Queries } from '@secureconnect/sql'
import { fileNotFound, notYours } from '../errors.ts'
import { type FileRow, findFile, findReadable } from '../stores/files.ts'

type Asked = { fileId: string; userId: string }

/** A file that somebody may read now; to all others there is none. */
export async function getReadable(sql: Queries, asked: Asked): Promise<FileRow> {
  const file = await findReadable(sql, asked)
  if (!file) throw fileNotFound()
  return file
}

/** A file or an upload of one's own; who may only read a file is told so, and to all others there is none. */
export async function getOwn(sql: Queries, asked: Asked): Promise<FileRow> {
  const file = await findFile(sql, asked.fileId)
  if (file?.owner_id === asked.userId) return file
  await getReadable(sql, asked)
  throw notYours()
}
