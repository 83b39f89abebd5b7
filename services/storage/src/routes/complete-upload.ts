import { files } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { getOwn } from '../files/get-file.ts'
import { toFile } from '../files/to-file.ts'
import { type CompletionParts, completeUpload as complete } from '../uploads/complete-upload.ts'

export const completeUpload = route(files.completeUpload, (context: CompletionParts) => async ({ body, caller }) => {
  const file = await getOwn(context.sql, { fileId: body.file_id, userId: caller.userId })
  return toFile(await complete(context, file))
})
