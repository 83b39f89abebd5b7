import { limits, type PageEnd, type SearchHit, Seq, Timestamp, Uuid } from '@secureconnect/protocol'
import { createCursor, validationError } from '@secureconnect/service'
import { Type } from 'typebox'
import type { Context } from '../context.ts'
import { loadPlaces } from '../history/load-places.ts'
import { toMessage } from '../log/to-message.ts'
import { searchIndex } from '../stores/search-entries.ts'
import type { HitPlace, Search } from './search-index.ts'
import { findSought, listSoughtTerms, parseSought, type Sought } from './sought.ts'

const cursor = createCursor(Type.Object({ at: Timestamp, in: Uuid, seq: Seq }))

/** Reads where a page of hits ended. */
export function readHitCursor(text: string | undefined): HitPlace | undefined {
  const place = cursor.read(text)
  return place && { created_at: new Date(place.at), conversation_id: place.in, seq: place.seq }
}

const writeCursor = ({ created_at, conversation_id, seq }: HitPlace) =>
  cursor.write({ at: created_at.toISOString(), in: conversation_id, seq })

/** How often a page goes on looking where what the index led to did not hold what is sought, as phrases do. */
const mostRounds = 5

type Needed = Pick<Context, 'sql' | 'archive'>

type Hit = { place: HitPlace; shown: SearchHit }

/** Those of what the index led to that hold what is sought now, in its order. */
async function readHits(needed: Needed, places: readonly HitPlace[], sought: Sought): Promise<Hit[]> {
  const messages = await loadPlaces(needed, places)
  const byPlace = new Map(messages.map((message) => [`${message.conversationId} ${message.seq}`, message]))
  return places.flatMap((place) => {
    const message = byPlace.get(`${place.conversation_id} ${place.seq}`)
    const spans = message?.content == null ? undefined : findSought(message.content, sought)
    if (!message || !spans) return []
    return [{ place, shown: { message: toMessage(message), highlights: spans.slice(0, limits.highlightsPerHit) } }]
  })
}

/** What somebody asks for: the text that he typed, and where to look. */
export type Asked = Omit<Search, 'terms' | 'rows'> & { text: string; limit: number | undefined }

/** Messages that somebody may read and that hold what he seeks, newest first, each as it is at this moment. */
export async function searchMessages(
  needed: Needed,
  { text, limit, ...asked }: Asked,
): Promise<{ hits: SearchHit[] } & PageEnd> {
  const sought = parseSought(text)
  if (sought.length === 0) throw validationError([{ field: 'q', message: 'must hold a letter, a digit or an emoji' }])
  const terms = listSoughtTerms(sought)
  const items = limit ?? limits.pageItems.usual
  const rows = Math.max(items, limits.pageItems.usual) + 1
  const hits: Hit[] = []
  let { before } = asked
  let isEnd = false
  for (let round = 0; round < mostRounds && !isEnd && hits.length <= items; round++) {
    const found = await searchIndex.find(needed.sql, { ...asked, terms, before, rows })
    hits.push(...(await readHits(needed, found, sought)))
    before = found.at(-1) ?? before
    isEnd = found.length < rows
  }
  const page = hits.slice(0, items)
  const hasMore = hits.length > items || !isEnd
  if (hits.length > items) before = page.at(-1)?.place
  const next_cursor = hasMore && before ? writeCursor(before) : null
  return { hits: page.map(({ shown }) => shown), has_more: hasMore, next_cursor }
}
