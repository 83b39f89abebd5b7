import type { Queries } from '@secureconnect/sql'
import { findConcerns, notableKinds } from '../notifications/concerns.ts'
import { findNews } from '../notifications/find-news.ts'
import { listNotable } from '../stores/notification-state.ts'
import { findUnreadType } from '../stores/pushable.ts'
import { placeOf } from './enqueue-pushes.ts'
import type { WaitingPush } from './waiting-push.ts'

/** Who deleted as much as this before it was pushed may silence what was said before. */
const eventsBack = 1_000

/**
 * The newest of what a push took the place of while it waited, and what its person is to hear of still: where what the
 * push is about was deleted or taken back, that is news on his device as ever.
 */
export async function findEarlier(sql: Queries, push: WaitingPush): Promise<WaitingPush | undefined> {
  const { conversation_id, first_seq, seq, user_id } = push
  if (conversation_id === null || seq === null || first_seq === undefined || first_seq >= seq) return undefined
  const type = await findUnreadType(sql, push)
  if (type === undefined) return undefined
  const before = Math.max(first_seq, seq - eventsBack) - 1
  const stretch = { conversation_id, type, notified_seq: before, last_seq: seq - 1 }
  const events = await listNotable(sql, { stretches: [stretch], kinds: notableKinds, rows: eventsBack })
  const news = await findNews(
    sql,
    events.flatMap((event) => findConcerns(event, stretch)),
  )
  return news
    .filter(({ userId, isPushed }) => userId === user_id && isPushed)
    .map(({ concern }) => ({ ...push, ...concern, user_id }))
    .filter((earlier) => placeOf(earlier) === placeOf(push))
    .toSorted((a, b) => a.seq - b.seq)
    .at(-1)
}
