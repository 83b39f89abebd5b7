import { limits, type Message, type PageEnd, Seq } from '@secureconnect/protocol'
import { createCursor } from '@secureconnect/service'
import { Type } from 'typebox'
import type { ArchivePage } from '../archive/archive.ts'
import type { Context } from '../context.ts'
import { conversationNotFound } from '../errors.ts'
import { toMessage } from '../log/to-message.ts'
import { withReactions } from '../reactions/read-reactions.ts'
import type { Viewer } from '../stores/views.ts'
import { hideExpired } from './hide-expired.ts'
import { loadAfter, loadBefore } from './load-messages.ts'

type Reading = Pick<Context, 'sql' | 'archive' | 'readView' | 'sharePage' | 'readReactions'>

const Before = Type.Object({ before: Seq })
const After = Type.Object({ after: Seq })

/** Where a page of messages begins: right before a seq, or right after one. */
export const pageCursor = createCursor(Type.Union([Before, After]))
export type PagePlace = { before: number } | { after: number } | { around: number }

type Range = { conversationId: string; floor: number; items: number }
type Page = ArchivePage & { hasMore: boolean }

async function readBefore(reading: Reading, { conversationId, floor, items }: Range, beforeSeq: number): Promise<Page> {
  const range = { conversationId, afterSeq: floor, beforeSeq, rows: items + 1 }
  const page = await reading.sharePage(`before ${JSON.stringify(range)}`, () => loadBefore(reading, range))
  return toPage(page, items)
}

async function readAfter(reading: Reading, { conversationId, floor, items }: Range, afterSeq: number): Promise<Page> {
  const range = { conversationId, afterSeq: Math.max(afterSeq, floor), rows: items + 1 }
  const page = await reading.sharePage(`after ${JSON.stringify(range)}`, () => loadAfter(reading, range))
  return toPage(page, items)
}

function toPage({ messages, cutAt }: ArchivePage, items: number): Page {
  const shown = messages.slice(0, items)
  if (messages.length > items) return { messages: shown, hasMore: true }
  return { messages: shown, hasMore: cutAt !== undefined, ...(cutAt !== undefined && { cutAt }) }
}

function endOf({ messages, cutAt, hasMore }: Page): number | undefined {
  return hasMore ? (cutAt ?? messages.at(-1)?.seq) : undefined
}

async function readPage(reading: Reading, range: Range, place: PagePlace) {
  if ('before' in place) {
    const page = await readBefore(reading, range, place.before)
    const end = endOf(page)
    return { messages: page.messages, next: end === undefined ? null : pageCursor.write({ before: end }) }
  }
  if ('after' in place) {
    const page = await readAfter(reading, range, place.after)
    const end = endOf(page)
    return { messages: page.messages.toReversed(), next: end === undefined ? null : pageCursor.write({ after: end }) }
  }
  const older = { ...range, items: Math.ceil(range.items / 2) }
  const newer = { ...range, items: Math.floor(range.items / 2) }
  const [before, after] = await Promise.all([
    readBefore(reading, older, place.around + 1),
    newer.items > 0 ? readAfter(reading, newer, place.around) : { messages: [] },
  ])
  const end = endOf(before)
  const messages = [...after.messages.toReversed(), ...before.messages]
  return { messages, next: end === undefined ? null : pageCursor.write({ before: end }) }
}

/** A page of what somebody may see of a conversation, newest first; what follows lies in the direction it went. */
export async function listMessages(
  reading: Reading,
  { conversationId, userId, place, limit }: Viewer & { place: PagePlace; limit: number | undefined },
): Promise<{ messages: Message[] } & PageEnd> {
  const { floor } = await reading.readView({ conversationId, userId })
  if (floor === null) throw conversationNotFound()
  const range = { conversationId, floor, items: limit ?? limits.pageItems.usual }
  const { messages, next } = await readPage(reading, range, place)
  const shown = await hideExpired(reading.sql, messages)
  const known = await withReactions(reading, { conversationId, userId, messages: shown.map(toMessage) })
  return { messages: known, next_cursor: next, has_more: next !== null }
}
