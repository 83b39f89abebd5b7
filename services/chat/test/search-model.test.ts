import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { newId } from '@secureconnect/sql'
import { createRandom, type Random, scale } from '@secureconnect/test/helpers'
import { Archiver } from '../src/archive/archiver.ts'
import { deleteMessage } from '../src/log/delete-message.ts'
import { createDraft } from '../src/log/draft.ts'
import { editMessage } from '../src/log/edit-message.ts'
import { sendMessage } from '../src/log/send-message.ts'
import { indexConversations } from '../src/search/index-conversations.ts'
import { readHitCursor, searchMessages } from '../src/search/search-messages.ts'
import { lockHeads } from '../src/stores/conversation-log.ts'
import { addMembers, endMemberships } from '../src/stores/members.ts'
import { moveHistoryStart } from '../src/stores/retention.ts'
import { createRoom } from './create-room.ts'
import { allKeepings, anywhere, type OpenContext, shareContext } from './history-room.ts'
import { letExpire } from './let-expire.ts'

const words = ['apple', 'pear', 'plum', '東京', '京都']
const goOn = new AbortController().signal
const steps = scale(3_000, 100)

type Said = { id: string; roomId: string; seq: number; at: string; senderId: string; text: string; isGone: boolean }
type Room = { id: string; members: Map<string, number>; messages: Said[]; isEncrypted: boolean; start: number }

/** What should be found, kept by the simplest means. */
type World = { context: OpenContext; random: Random; people: string[]; rooms: Room[] }

const textOf = ({ pick, upTo }: Random) => Array.from({ length: 1 + upTo(3) }, () => pick(words)).join(' ')

async function lastSeqOf({ context: { sql } }: World, { id }: Room): Promise<number> {
  const [head] = await sql.transaction((tx) => lockHeads(tx, [id]))
  return head?.last_seq ?? 0
}

type Step = (world: World, room: Room) => Promise<unknown>

const say: Step = async ({ context, random }, room) => {
  const senderId = random.pick([...room.members.keys()])
  if (room.isEncrypted || senderId === undefined) return
  const text = textOf(random)
  const mayExpire = random.upTo(4) === 0 && { expires_in_seconds: 600 }
  const body = { conversation_id: room.id, content: text, message_type: 'text', ...mayExpire } as const
  const { message_id: id, seq, created_at: at } = await sendMessage(context, createDraft({ body, senderId }))
  room.messages.push({ id, roomId: room.id, at, seq, senderId, text, isGone: false })
}

/** One that its author may still change. */
function pickOwn({ random }: World, room: Room): Said | undefined {
  const mayChange = ({ senderId, seq, isGone }: Said) =>
    !isGone && seq > room.start && seq >= (room.members.get(senderId) ?? Number.POSITIVE_INFINITY)
  return random.pick(room.messages.filter(mayChange))
}

const edit: Step = async (world, room) => {
  const own = pickOwn(world, room)
  if (!own || room.isEncrypted) return
  own.text = textOf(world.random)
  await editMessage(world.context, { messageId: own.id, userId: own.senderId, edit: { content: own.text } })
}

const remove: Step = async (world, room) => {
  const own = pickOwn(world, room)
  if (!own) return
  own.isGone = true
  await deleteMessage(world.context, { messageId: own.id, userId: own.senderId })
}

const expire: Step = async (world, room) => {
  const own = pickOwn(world, room)
  if (!own) return
  const { sql } = world.context
  const expiring = await sql.execute`
    select 1 from expiring_messages where conversation_id = ${room.id} and seq = ${own.seq}`
  if (expiring === 0) return
  await letExpire(world.context, { conversation_id: room.id, seq: own.seq })
  own.isGone = true
}

const join: Step = async (world, room) => {
  const userId = world.random.pick(world.people.filter((id) => !room.members.has(id)))
  if (userId === undefined) return
  const seq = await lastSeqOf(world, room)
  const visibleFrom = world.random.upTo(2) === 0 ? 1 : seq + 1
  const people = [{ userId, role: 'member' }] as const
  const place = { conversationId: room.id, readSeq: seq, readNumber: 0 }
  await world.context.sql.transaction((tx) => addMembers(tx, { ...place, people, visibleFrom }))
  room.members.set(userId, visibleFrom)
}

const leave: Step = async ({ context, random }, room) => {
  const userId = random.pick([...room.members.keys()])
  if (userId === undefined || room.members.size === 1) return
  await context.sql.transaction((tx) => endMemberships(tx, { conversationId: room.id, userIds: [userId] }))
  room.members.delete(userId)
}

const encrypt: Step = async ({ context, random, rooms }, room) => {
  if (random.upTo(20) > 0 || rooms.filter(({ isEncrypted }) => !isEncrypted).length < 3) return
  await context.sql.execute`update conversations set is_e2ee_enabled = true where conversation_id = ${room.id}`
  room.isEncrypted = true
}

const forget: Step = async ({ context, random }, room) => {
  if (random.upTo(10) > 0) return
  const seq = random.pick(room.messages)?.seq ?? 0
  await context.sql.transaction((tx) =>
    moveHistoryStart(tx, { conversationId: room.id, afterSeq: room.start, throughSeq: seq }),
  )
  room.start = Math.max(room.start, seq)
}

const index: Step = ({ context }, { id }) => indexConversations(context, [id], goOn)

/** As if the log had been trimmed up to what archive and search have. */
const trim: Step = async ({ context }, { id }) => {
  await new Archiver(context).archive([id], goOn)
  await context.sql.execute`
    update archive_state set log_start = least(archived_seq, indexed_seq) where conversation_id = ${id}`
  await context.sql.execute`
    delete from conversation_log where conversation_id = ${id}
      and seq <= (select log_start from archive_state where conversation_id = ${id})`
}

const kinds = [say, say, say, say, say, edit, edit, remove, expire, join, leave, encrypt, forget, index, index, trim]

/** What somebody may read of a room at this moment and that holds a word. */
function listReadable({ members, messages, isEncrypted, start }: Room, userId: string, word: string): Said[] {
  const visibleFrom = members.get(userId)
  if (visibleFrom === undefined || isEncrypted) return []
  const isReadable = ({ seq, isGone }: Said) => !isGone && seq >= visibleFrom && seq > start
  return messages.filter((message) => isReadable(message) && message.text.includes(word))
}

async function findAll({ context, random }: World, userId: string, text: string, conversationId: string | undefined) {
  const found: { id: string; text: string | null }[] = []
  let cursor: string | undefined
  for (;;) {
    const asked = {
      ...anywhere,
      userId,
      text,
      conversationId,
      before: readHitCursor(cursor),
      limit: 1 + random.upTo(20),
    }
    const { hits, next_cursor } = await searchMessages(context, asked)
    found.push(...hits.map(({ message }) => ({ id: message.message_id, text: message.content })))
    if (next_cursor === null) return found
    cursor = next_cursor
  }
}

/** Newest first; of one moment in any order that stays the same. */
function byTime(a: Said, b: Said): number {
  const [first, second] = [b, a].map(({ at, roomId }) => `${at} ${roomId}`)
  return first === second ? b.seq - a.seq : (first ?? '').localeCompare(second ?? '')
}

/** Nobody finds what he may not read, ever; and all that he may, once it is indexed. */
async function compare(world: World): Promise<void> {
  const { random, people, rooms } = world
  const [userId, word, room] = [random.pick(people), random.pick(words), random.pick(rooms)]
  const named = random.upTo(2) === 0 ? room : undefined
  const readable = (named ? [named] : rooms).flatMap((one) => listReadable(one, userId, word))
  const byId = new Map(readable.map(({ id, text }) => [id, text]))
  const found = await findAll(world, userId, `"${word}"`, named?.id)
  for (const { id, text } of found) assert.equal(text, byId.get(id), 'this hit is not to be read')
  assert.equal(new Set(found.map(({ id }) => id)).size, found.length, 'a hit comes once')
  for (const one of rooms) await index(world, one)
  const all = await findAll(world, userId, `"${word}"`, named?.id)
  const expected = readable.toSorted(byTime).map(({ id }) => id)
  assert.deepEqual(
    all.map(({ id }) => id),
    expected,
  )
}

for (const keeping of allKeepings) {
  suite(`a search among random events on ${keeping}`, () => {
    const open = shareContext(keeping)

    for (const seed of [1, 2, 3]) {
      test(`shows what its asker may read at that moment, and nothing else (seed ${seed})`, async () => {
        const context = open()
        const people = Array.from({ length: 4 }, newId)
        const rooms: Room[] = []
        for (let count = 0; count < 5; count++) {
          const id = await createRoom(
            { context },
            people.slice(0, 2).map((userId) => ({ userId })),
          )
          const members = new Map(people.slice(0, 2).map((userId) => [userId, 1]))
          rooms.push({ id, members, messages: [], isEncrypted: false, start: 0 })
        }
        const world: World = { context, random: createRandom(seed), people, rooms }
        for (let step = 0; step < steps; step++) {
          await world.random.pick(kinds)(world, world.random.pick(rooms))
          if (step % 5 === 4) await compare(world)
        }
      })
    }
  })
}
