import { files } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { stillScanned } from '../errors.ts'
import { getReadable } from '../files/get-file.ts'
import { signDownload } from '../files/sign-download.ts'

export const getDownload = route(
  files.getDownload,
  (context: Pick<Context, 'sql' | 'blobs' | 'config' | 'events'>) =>
    async ({ params: { file_id: fileId }, caller: { userId } }) => {
      const file = await getReadable(context.sql, { fileId, userId })
      if (file.scan === 'waiting' && file.owner_id !== userId) throw stillScanned()
      const download = await signDownload(context, file)
      context.events.downloadGiven({ fileId, userId })
      return download
    },
)
