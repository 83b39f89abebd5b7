import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { Type } from 'typebox'
import type { ChangedEntry, HitPlace, Search, SearchEntry, SearchIndex } from '../search/search-index.ts'
import type { SoughtTerm } from '../search/sought.ts'
import { holdIndexing } from './index-state.ts'

/** So many of the newest messages are looked through before the index over words is asked: most words are frequent. */
const newestEntries = 1_000

const FoundRow = Type.Object({ conversation_id: column.id, seq: column.integer, created_at: column.timestamp })

/** Stands in a query for the conversation, whose words have the end of its id before them. */
const anyConversation = '{}'
const scopeOf = (conversationId: string) => conversationId.slice(-8)

/** Terms hold neither quotes nor backslashes, so quotes around them are enough. */
function toWords({ conversation_id, terms }: ChangedEntry): string {
  return terms.map((term) => `'${scopeOf(conversation_id)}${term}'`).join(' ')
}

function toQuery(terms: readonly SoughtTerm[]): string {
  return terms.map(({ term, isPrefix }) => `'${anyConversation}${term}'${isPrefix ? ':*' : ''}`).join(' & ')
}

const withWords = <E extends ChangedEntry>(entry: E) => ({ ...entry, terms: undefined, words: toWords(entry) })

async function add(tx: Transaction, entries: readonly SearchEntry[]): Promise<void> {
  if (entries.length === 0) return
  await tx.execute`
    insert into search_entries (conversation_id, seq, sender_id, has_files, created_at, expires_at, words)
    select conversation_id, seq, sender_id, has_files, created_at, expires_at, words::tsvector
    from jsonb_to_recordset(${json(entries.map(withWords))}::jsonb) as added (conversation_id uuid, seq bigint,
      sender_id uuid, has_files boolean, created_at timestamptz, expires_at timestamptz, words text)
    on conflict (conversation_id, seq) do update set words = excluded.words`
}

async function change(tx: Transaction, entries: readonly ChangedEntry[]): Promise<void> {
  if (entries.length === 0) return
  await tx.execute`
    update search_entries set words = changed.words::tsvector
    from jsonb_to_recordset(${json(entries.map(withWords))}::jsonb) as changed (conversation_id uuid, seq bigint,
      words text)
    where search_entries.conversation_id = changed.conversation_id and search_entries.seq = changed.seq`
}

async function remove(tx: Transaction, message: { conversationId: string; seq: number }): Promise<void> {
  const { conversationId, seq } = message
  await holdIndexing(tx, conversationId)
  await tx.execute`delete from search_entries where conversation_id = ${conversationId} and seq = ${seq}`
}

const entriesAtOnce = 5_000

/** Removes some of what was said in conversations before they were encrypted; nobody finds it from that moment on. */
export async function removeEncrypted(
  tx: Transaction,
  conversationIds: readonly string[],
): Promise<{ isDone: boolean }> {
  if (conversationIds.length === 0) return { isDone: true }
  const removed = await tx.execute`
    delete from search_entries where (conversation_id, seq) in (
      select conversation_id, seq from search_entries
      where conversation_id = any(${conversationIds}::uuid[]) limit ${entriesAtOnce})`
  return { isDone: removed < entriesAtOnce }
}

/** Removes what retention hides. */
export async function removeEntriesThrough(
  tx: Transaction,
  { conversationId, throughSeq }: { conversationId: string; throughSeq: number },
): Promise<void> {
  await tx.execute`delete from search_entries where conversation_id = ${conversationId} and seq <= ${throughSeq}`
}

type Where = 'among the newest' | 'by words'

function findThere(sql: Queries, search: Search, where: Where): Promise<HitPlace[]> {
  const { userId, terms, conversationId = null, senderId = null, hasFiles = null, before, rows } = search
  const { from = null, to = null } = search
  const { created_at: beforeTime = null, conversation_id: beforeId = null, seq: beforeSeq = null } = before ?? {}
  return sql.many(FoundRow)`
    with readable as materialized (
      select conversation_id, greatest(visible_from - 1, history_start_seq) as floor,
        replace(${toQuery(terms)}, ${anyConversation}, right(conversation_id::text, 8))::tsquery as query
      from members join conversations using (conversation_id)
      where user_id = ${userId} and left_at is null and not is_e2ee_enabled
        and (${conversationId}::uuid is null or conversation_id = ${conversationId}::uuid)
    ), newest_here as materialized (
      select * from search_entries
      where conversation_id = ${conversationId}::uuid and (${beforeSeq}::bigint is null or seq < ${beforeSeq}::bigint)
      order by seq desc limit ${newestEntries}
    ), newest_anywhere as materialized (
      select * from search_entries
      where ${conversationId}::uuid is null and (${beforeTime}::timestamptz is null
        or (created_at, conversation_id, seq) < (${beforeTime}::timestamptz, ${beforeId}::uuid, ${beforeSeq}::bigint))
      order by created_at desc, conversation_id desc, seq desc limit ${newestEntries}
    ), found as (
      select newest.*, floor
      from (select * from newest_here union all select * from newest_anywhere) newest
      join readable using (conversation_id)
      where ${where === 'among the newest'} and words @@ query
      union all
      select entry.*, floor from readable
      cross join lateral (select * from search_entries where words @@ query offset 0) entry
      where ${where === 'by words'} and entry.conversation_id = readable.conversation_id
    )
    select conversation_id, seq, created_at from found
    where seq > floor and (expires_at is null or expires_at > clock_timestamp())
      and (${beforeSeq}::bigint is null or case when ${conversationId}::uuid is not null then seq < ${beforeSeq}::bigint
        else (created_at, conversation_id, seq) < (${beforeTime}::timestamptz, ${beforeId}::uuid, ${beforeSeq}::bigint)
        end)
      and (${senderId}::uuid is null or sender_id = ${senderId}::uuid)
      and (${from}::timestamptz is null or created_at >= ${from}::timestamptz)
      and (${to}::timestamptz is null or created_at < ${to}::timestamptz)
      and (${hasFiles}::boolean is null or has_files = ${hasFiles}::boolean)
    order by case when ${conversationId}::uuid is null then created_at end desc, conversation_id desc, seq desc
    limit ${rows}`
}

/** Frequent words are found among the newest messages, where nothing has to be sorted; few messages hold the others. */
async function find(sql: Queries, search: Search): Promise<HitPlace[]> {
  const newest = await findThere(sql, search, 'among the newest')
  return newest.length === search.rows ? newest : findThere(sql, search, 'by words')
}

/** The search in the database itself, over text that it keeps as sets of words. */
export const searchIndex: SearchIndex = { add, change, remove, find }
