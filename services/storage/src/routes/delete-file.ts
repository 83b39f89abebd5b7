import { files } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { fileNotFound } from '../errors.ts'
import { getOwn } from '../files/get-file.ts'
import { removeFile } from '../files/remove-file.ts'
import { lockFile } from '../stores/files.ts'

export const deleteFile = route(
  files.delete,
  ({ sql, kv, events }: Pick<Context, 'sql' | 'kv' | 'events'>) =>
    async ({ params: { file_id: fileId }, caller: { userId } }) => {
      await getOwn(sql, { fileId, userId })
      await sql.transaction(async (tx) => {
        const file = await lockFile(tx, fileId)
        if (!file) throw fileNotFound()
        await removeFile(tx, file, kv)
      })
      events.fileDeleted({ fileId, userId })
      return { message: 'The file is deleted.' }
    },
)
