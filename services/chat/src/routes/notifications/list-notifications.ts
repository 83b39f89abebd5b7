import { notifications } from '@secureconnect/protocol'
import { route, rowsForPage, toPage } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { placeCursor } from '../../conversations/place-cursor.ts'
import { toNotifications } from '../../notifications/list-notifications.ts'
import { listNotifications as list } from '../../stores/notifications.ts'

type Needed = Pick<Context, 'sql' | 'archive'>

export const listNotifications = route(
  notifications.list,
  (context: Needed) =>
    async ({ query: { cursor, limit }, caller: { userId } }) => {
      const found = await list(context.sql, { userId, after: placeCursor.read(cursor), rows: rowsForPage(limit) })
      const { rows, ...end } = toPage(found, limit, ({ created_us: us, notification_id: id }) =>
        placeCursor.write({ us, id }),
      )
      return { notifications: await toNotifications(context, rows), ...end }
    },
)
