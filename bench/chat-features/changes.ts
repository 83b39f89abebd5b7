import { randomUUID } from 'node:crypto'
import { messages, polls, reactions } from '@secureconnect/protocol'
import { Pool } from 'undici'
import type { Person, World } from '../chat/world.ts'
import type { Measured } from '../shared/measured.ts'
import { type Answered, offer } from '../shared/offer.ts'
import { fillQuietly } from './fill-quietly.ts'

export const offeredPerSecond = 200
const groups = 50
const groupMembers = 20
const messagesEach = 100
/** Warms caches and compilers, those of archive and search behind it too. */
export const warmSeconds = 6
const emoji = ['👍', '🎉', '😮', '🚀', '👀']

type Room = {
  conversationId: string
  people: readonly Person[]
  messageIds: readonly string[]
  pollId: string
  optionIds: readonly string[]
}
type Asked = { method: 'PUT' | 'DELETE' | 'POST'; path: string; body?: object }

/** The n-th change in a room by the n-th of its people. */
type Change = (room: Room, n: number) => Asked

async function createRoom(world: World): Promise<Room> {
  const people = await world.createPeople(groupMembers)
  const [first] = people as [Person]
  const conversationId = await world.createGroup(people)
  await fillQuietly(world, { conversationId, sender: first, each: messagesEach })
  const { rows } = await world.pool.query<{ message_id: string }>(
    'select message_id from conversation_log where conversation_id = $1 order by seq',
    [conversationId],
  )
  const pollId = randomUUID()
  const options = ['a', 'b', 'c'].map((text) => ({ option_id: randomUUID(), text }))
  await world.pool.query(
    `insert into polls (poll_id, conversation_id, seq, created_by, question, options, poll_type, allow_vote_change,
       created_at) values ($1, $2, 1, $3, 'Which?', $4, 'single', true, now())`,
    [pollId, conversationId, first.userId, JSON.stringify(options)],
  )
  const messageIds = rows.map(({ message_id }) => message_id)
  return { conversationId, people, messageIds, pollId, optionIds: options.map(({ option_id }) => option_id) }
}

/** Everybody reacts to one message after the other, and takes each reaction back some time later. */
const react: Change = ({ messageIds, people }, n) => {
  const [round, person] = [Math.floor(n / people.length), n % people.length]
  const message = messageIds[Math.floor(round / 2) % messageIds.length] ?? ''
  const path = reactions.add.path.replace(':message_id', message)
  const method = round % 2 === 0 ? 'PUT' : 'DELETE'
  return { method, path: path.replace(':emoji', encodeURIComponent(emoji[person % emoji.length] ?? '')) }
}

/** Everybody changes his mind each time. */
const vote: Change = ({ pollId, optionIds, people }, n) => {
  const option = optionIds[Math.floor(n / people.length) % optionIds.length]
  return { method: 'POST', path: polls.vote.path, body: { poll_id: pollId, option_ids: [option] } }
}

/** Everybody reads one message further each time. */
const read: Change = ({ conversationId, people }, n) => {
  const body = { conversation_id: conversationId, seq: 1 + Math.floor(n / people.length) }
  return { method: 'POST', path: messages.read.path, body }
}

/** Reactions, votes and read receipts over REST at a steady rate, in many groups at once. */
export async function measureChanges(
  world: World,
  chat: Measured,
  seconds: number,
): Promise<ReadonlyMap<string, Answered[]>> {
  const rooms = await Promise.all(Array.from({ length: groups }, () => createRoom(world)))
  const ids = rooms.map(({ conversationId }) => conversationId)
  // What was filled in goes to archive and search first: that is measured elsewhere.
  for (const follower of ['archive', 'search'] as const) while ((await world.countBehind(follower, ids, 500)) > 0);
  await using stack = new AsyncDisposableStack()
  const pool = stack.adopt(new Pool(chat.url, { connections: 128, pipelining: 1 }), (open) => open.close())
  const createSend = (change: Change) => async (n: number) => {
    const room = rooms[n % rooms.length] as Room
    const turn = Math.floor(n / rooms.length)
    const { token } = room.people[turn % room.people.length] as Person
    const { method, path, body } = change(room, turn)
    const answer = await pool.request({
      method,
      path,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    await answer.body.dump()
    return answer
  }
  const found = new Map<string, Answered[]>()
  for (const [name, change] of Object.entries({ reaction: react, vote, receipt: read })) {
    await offer({ perSecond: offeredPerSecond, seconds: warmSeconds, send: createSend(change) })
    const send = createSend(change)
    const offset = warmSeconds * offeredPerSecond
    found.set(name, await offer({ perSecond: offeredPerSecond, seconds, send: (n) => send(n + offset) }))
  }
  return found
}
