import { files, Uuid } from '@secureconnect/protocol'
import { createCursor, route, rowsForPage, toPage } from '@secureconnect/service'
import { Type } from 'typebox'
import type { Context } from '../context.ts'
import { toFile } from '../files/to-file.ts'
import { listOwnFiles } from '../stores/files.ts'

const place = createCursor(Type.Object({ file_id: Uuid }))

export const listFiles = route(
  files.list,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ query: { cursor, limit }, caller: { userId } }) => {
      const after = place.read(cursor)?.file_id
      const found = await listOwnFiles(sql, { userId, after, rows: rowsForPage(limit) })
      const { rows, ...end } = toPage(found, limit, ({ file_id }) => place.write({ file_id }))
      return { files: rows.map(toFile), ...end }
    },
)
