import { files } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { getReadable } from '../files/get-file.ts'
import { toFile } from '../files/to-file.ts'

export const getFile = route(
  files.get,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ params, caller }) =>
      toFile(await getReadable(sql, { fileId: params.file_id, userId: caller.userId })),
)
