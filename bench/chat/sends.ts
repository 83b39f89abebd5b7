import { randomUUID } from 'node:crypto'
import { messages } from '@secureconnect/protocol'
import type pg from 'pg'
import { Pool } from 'undici'
import type { Measured } from '../shared/measured.ts'
import { type Answered, offer } from '../shared/offer.ts'
import type { Person, World } from './world.ts'

export const offeredPerSecond = 200
const text = 'x'.repeat(256)
const rowsPerBatch = 100

export type Sends = {
  /** Into groups of ten, and into one of a thousand. */
  paced: ReadonlyMap<string, Answered[]>
  saturated: { perSecond: number; cpuUsEach: number; failed: number; p99Ms: number }
  /** Rows that one connection adds to a table like the log, a hundred a statement: what the database can take. */
  barePerSecond: number
}

type Room = { conversationId: string; senders: readonly Person[] }

/** Sends the n-th message: the rooms and their senders take turns. */
export function createSend(stack: AsyncDisposableStack, chat: Measured, rooms: readonly Room[]) {
  const pool = stack.adopt(new Pool(chat.url, { connections: 256, pipelining: 1 }), (open) => open.close())
  return async (n: number) => {
    const { conversationId, senders } = rooms[n % rooms.length] as Room
    const sender = senders[Math.floor(n / rooms.length) % senders.length] as Person
    const answer = await pool.request({
      method: 'POST',
      path: messages.send.path,
      headers: { authorization: `Bearer ${sender.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        conversation_id: conversationId,
        client_id: randomUUID(),
        content: text,
        message_type: 'text',
      }),
    })
    await answer.body.dump()
    return answer
  }
}

type Send = ReturnType<typeof createSend>

/** As many sends as go through while so many wait for their answers. */
export async function saturate(
  chat: Measured,
  send: Send,
  { inFlight, seconds }: { inFlight: number; seconds: number },
) {
  const before = await chat.usage()
  const startedAt = performance.now()
  const endAt = startedAt + seconds * 1_000
  const times: number[] = []
  let failed = 0
  let sent = 0
  const sendOn = async () => {
    while (performance.now() < endAt) {
      const sentAt = performance.now()
      const { statusCode } = await send(sent++)
      if (statusCode === 201) times.push(performance.now() - sentAt)
      else failed += 1
    }
  }
  await Promise.all(Array.from({ length: inFlight }, sendOn))
  const elapsedMs = performance.now() - startedAt
  const { cpuUs } = await chat.usage()
  times.sort((a, b) => a - b)
  return {
    perSecond: (times.length / elapsedMs) * 1_000,
    cpuUsEach: (cpuUs - before.cpuUs) / times.length,
    p99Ms: times[Math.floor(times.length * 0.99)] ?? Number.NaN,
    failed,
  }
}

async function insertBare(pool: pg.Pool, seconds: number): Promise<number> {
  await pool.query(
    'create table bare (id uuid, seq bigint, content text, data jsonb, created_at timestamptz default now(), primary key (id, seq))',
  )
  const id = randomUUID()
  const startedAt = performance.now()
  let rows = 0
  while (performance.now() - startedAt < seconds * 1_000) {
    const batch = Array.from({ length: rowsPerBatch }, (_, index) => ({ seq: rows + index, content: text, data: {} }))
    await pool.query(
      'insert into bare (id, seq, content, data) select $1, seq, content, data from jsonb_to_recordset($2::jsonb) as r (seq bigint, content text, data jsonb)',
      [id, JSON.stringify(batch)],
    )
    rows += rowsPerBatch
  }
  const perSecond = (rows / (performance.now() - startedAt)) * 1_000
  await pool.query('drop table bare')
  return perSecond
}

/** Sends over REST: at a steady rate, and as many as go through. */
export async function measureSends(world: World, chat: Measured, seconds: number): Promise<Sends> {
  await using stack = new AsyncDisposableStack()
  const people = await world.createPeople(1_000)
  const tens = await Promise.all(
    Array.from({ length: 50 }, async (_, n): Promise<Room> => {
      const senders = people.slice(n * 10, n * 10 + 10)
      return { conversationId: await world.createGroup(senders), senders }
    }),
  )
  const thousand: Room = { conversationId: await world.createGroup(people), senders: people.slice(0, 50) }
  const toTens = createSend(stack, chat, tens)
  await saturate(chat, toTens, { inFlight: 50, seconds: 5 })
  const paced = new Map<string, Answered[]>()
  for (const [name, rooms] of [
    ['groups of 10', tens],
    ['a group of 1,000', [thousand]],
  ] as const) {
    paced.set(name, await offer({ perSecond: offeredPerSecond, seconds, send: createSend(stack, chat, rooms) }))
  }
  const barePerSecond = await insertBare(world.pool, 3)
  return { paced, saturated: await saturate(chat, toTens, { inFlight: 200, seconds }), barePerSecond }
}
