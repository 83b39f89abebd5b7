import { setTimeout as delay } from 'node:timers/promises'
import { search } from '@secureconnect/protocol'
import { Pool } from 'undici'
import type { Person, World } from '../chat/world.ts'
import type { Measured } from '../shared/measured.ts'
import { type Answered, offer } from '../shared/offer.ts'

export const searchesPerSecond = 20
export const messagesHere = 100_000
export const conversations = 200
const messagesElsewhere = 100
const words = 20_000

export type Searches = { indexedPerSecond: number; answered: ReadonlyMap<string, Answered[]> }

/** Ten words each, the first ones of the vocabulary far more often than the last: as in any language. */
async function fillWithWords(
  world: World,
  { ids, each }: { ids: readonly string[]; each: number },
  { userId }: Person,
) {
  await world.pool.query(
    `insert into conversation_log (conversation_id, seq, log_epoch, kind, actor_id, message_id, number, content, data)
     select id, seq, 1, 'message.created', $2, gen_random_uuid(), seq,
       (select string_agg('w' || floor(exp(random() * ln($4::integer)))::text, ' ') from generate_series(1, 10) where seq > 0),
       '{"message_type": "text", "is_encrypted": false, "metadata": {}}'
     from unnest($1::uuid[]) as id, generate_series(1, $3::bigint) as seq`,
    [ids, userId, each, words],
  )
  // The archive is measured elsewhere.
  await world.pool.query('update archive_state set archived_seq = $2 where conversation_id = any($1::uuid[])', [
    ids,
    each,
  ])
  await world.pool.query(
    `update conversations set last_seq = $2, message_count = $2, last_message_seq = $2, changed_at = clock_timestamp()
     where conversation_id = any($1::uuid[])`,
    [ids, each],
  )
}

async function waitForIndex(world: World): Promise<void> {
  const isBehind =
    'select 1 from conversations join archive_state using (conversation_id) where last_seq > indexed_seq limit 1'
  while ((await world.pool.query(isBehind)).rowCount) await delay(200)
}

/** The n-th text that somebody types. */
const texts: Readonly<Record<string, (n: number) => string>> = {
  'a frequent word': (n) => `"w${1 + (n % 5)}"`,
  'two frequent words': (n) => `w${1 + (n % 5)} "w${6 + (n % 5)}"`,
  'a rare word': (n) => `"w${words - 1 - (n % 5_000)}"`,
  'the beginning of a word': (n) => `w${10 + (n % 90)}`,
  'a word that nobody wrote': (n) => `"x${n}"`,
}

/** Searches in a conversation that is long, and in it and many others together, once everything is indexed. */
export async function measureSearch(world: World, chat: Measured, seconds: number): Promise<Searches> {
  const [person] = await world.createPeople(1)
  if (!person) throw new Error('Somebody searches')
  const here = await world.createGroup([person])
  const elsewhere = await Promise.all(Array.from({ length: conversations }, () => world.createGroup([person])))
  const startedAt = performance.now()
  await fillWithWords(world, { ids: [here], each: messagesHere }, person)
  await fillWithWords(world, { ids: elsewhere, each: messagesElsewhere }, person)
  await waitForIndex(world)
  const indexed = messagesHere + conversations * messagesElsewhere
  const indexedPerSecond = (indexed * 1_000) / (performance.now() - startedAt)
  await world.pool.query('analyze')
  await using stack = new AsyncDisposableStack()
  const pool = stack.adopt(new Pool(chat.url, { connections: 16, pipelining: 1 }), (open) => open.close())
  const answered = new Map<string, Answered[]>()
  for (const [where, place] of [['in one', { conversation_id: here }] as const, ['in all', {}] as const]) {
    for (const [what, toText] of Object.entries(texts)) {
      const ask = async (n: number) => {
        const query = new URLSearchParams({ q: toText(n), ...place })
        const headers = { authorization: `Bearer ${person.token}` }
        const answer = await pool.request({ method: 'GET', path: `${search.searchMessages.path}?${query}`, headers })
        await answer.body.dump()
        return answer
      }
      await offer({ perSecond: searchesPerSecond, seconds: 1, send: ask })
      answered.set(`${what}, ${where}`, await offer({ perSecond: searchesPerSecond, seconds, send: ask }))
    }
  }
  return { indexedPerSecond, answered }
}
