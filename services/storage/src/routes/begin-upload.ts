import { files } from '@secureconnect/protocol'
import { hashBody, readIdempotencyKey, route } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { beginUpload as begin } from '../uploads/begin-upload.ts'

export const beginUpload = route(
  files.beginUpload,
  (context: Pick<Context, 'sql' | 'blobs' | 'config' | 'events'>) =>
    async ({ body, caller: { userId }, request }) => {
      const { name: operation } = files.beginUpload
      const key = readIdempotencyKey(request)
      return begin(context, { body, request: { userId, operation, key, bodyHash: hashBody(body) } })
    },
)
