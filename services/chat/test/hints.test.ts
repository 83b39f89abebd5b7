import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { limits, presence, type Receipt } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import type { Frame } from '@secureconnect/test/services'
import { createRoom } from './create-room.ts'
import { createDirect } from './groups.ts'
import { range, send } from './live-room.ts'
import { call, createPerson, onServers, type Person, shareInSuite, startChatOn } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

const shared = shareInSuite(async (t) => {
  const platform = await onServers(await createMigratedDatabase(t))
  return { here: await startChatOn(t, platform), there: await startChatOn(t, platform) }
})

async function startTwo(t: TestContext) {
  const { here, there } = shared()
  const [alice, bob] = [await createPerson(here, 'alice'), await createPerson(here, 'bob')]
  const [near, far] = [await TestSocket.open(t, here, alice), await TestSocket.open(t, there, bob)]
  const meetIn = async (conversationId: string) => {
    for (const socket of [near, far]) await socket.subscribe({ [conversationId]: null })
  }
  return { here, there, alice, bob, near, far, meetIn }
}

const hintTypes = new Set(['typing', 'receipt'])
const of = (type: string) => (frame: Frame) => frame.type === type
const block = ({ here }: Pick<Awaited<ReturnType<typeof startTwo>>, 'here'>, by: Person, whom: Person) =>
  here.context.sql.execute`insert into blocks (user_id, blocked_id) values (${by.userId}, ${whom.userId})`

test('that somebody types is told once, and ends by itself after six seconds', async (t) => {
  const { here, alice, bob, near, far, meetIn } = await startTwo(t)
  const room = await createRoom(here, [alice, bob])
  await meetIn(room)
  for (let i = 0; i < 5; i += 1) near.send({ type: 'typing', conversation_id: room, is_typing: true })
  assert.deepEqual(await far.next(of('typing')), {
    type: 'typing',
    conversation_id: room,
    user_id: alice.userId,
    is_typing: true,
  })
  const startedAt = performance.now()
  await far.next((frame) => frame.type === 'typing' && frame.is_typing === false, 10_000)
  const took = performance.now() - startedAt
  assert.ok(took > 4_500 && took < 9_000, `${took} ms`)
  assert.equal(far.frames.filter(of('typing')).length, 2)
  assert.equal(near.frames.filter(of('typing')).length, 0)
})

test('a stranger types nowhere', async (t) => {
  const { here, alice, bob, near, far, meetIn } = await startTwo(t)
  const room = await createRoom(here, [alice, bob])
  const strange = await createRoom(here, [bob])
  await meetIn(room)
  await far.subscribe({ [strange]: null })
  near.send({ type: 'typing', conversation_id: strange, is_typing: true })
  const refused = await near.next((frame) => frame.type === 'reply' && frame.ok === false)
  assert.match(JSON.stringify(refused), /CONVERSATION_NOT_FOUND/)
  near.send({ type: 'typing', conversation_id: room, is_typing: true })
  await far.next(of('typing'))
  assert.equal(far.frames.filter(of('typing')).length, 1)
})

test('of two who block one another neither sees the other type or read', async (t) => {
  const world = await startTwo(t)
  const { here, alice, bob, near, far, meetIn } = world
  const direct = await createDirect(here, alice, bob)
  await meetIn(direct)
  const { seq } = await send(here, alice, direct)
  await block(world, bob, alice)
  near.send({ type: 'typing', conversation_id: direct, is_typing: true })
  await near.request('read', { conversation_id: direct, seq })
  await far.request('read', { conversation_id: direct, seq })
  // How far oneself has read one's other devices hear too; the sender had read it.
  assert.deepEqual(await whoWasSeen(world, near), new Set())
  assert.deepEqual(await whoWasSeen(world, far), new Set([bob.userId]))
})

/** Who was seen to type or read on a socket until now: what is told later comes later. */
async function whoWasSeen({ here }: Pick<Awaited<ReturnType<typeof startTwo>>, 'here'>, socket: TestSocket) {
  const { user_id: userId } = await socket.next(of('ready'))
  const other = await createPerson(here)
  const last = await createRoom(here, [other, { userId: String(userId) }])
  await socket.subscribe({ [last]: null })
  await call(here, presence.type, { token: other.token, body: { conversation_id: last, is_typing: true } })
  await socket.next(({ type, conversation_id }) => type === 'typing' && conversation_id === last)
  const hints = socket.frames.filter(({ type, conversation_id }) => hintTypes.has(type) && conversation_id !== last)
  const people = hints.flatMap(({ user_id, receipts }) => (receipts as Receipt[] | undefined) ?? [{ user_id }])
  return new Set(people.map(({ user_id }) => user_id))
}

test('in a group too those who block one another see nothing of each other, and the others see both', async (t) => {
  const world = await startTwo(t)
  const { here, there, alice, bob, near, far, meetIn } = world
  const carol = await createPerson(there, 'carol')
  const group = await createRoom(here, [alice, bob, carol])
  await meetIn(group)
  const third = await TestSocket.open(t, there, carol)
  await third.subscribe({ [group]: null })
  const { seq } = await send(here, carol, group)
  await block(world, bob, alice)
  for (const socket of [near, far]) {
    socket.send({ type: 'typing', conversation_id: group, is_typing: true })
    await socket.request('read', { conversation_id: group, seq })
  }
  for (const { userId } of [alice, bob]) {
    await third.next((frame) => frame.type === 'receipt' && JSON.stringify(frame.receipts).includes(userId))
    // That somebody types ends by itself, which is as much of a sign as that he began.
    await third.next(({ type, user_id, is_typing }) => type === 'typing' && user_id === userId && !is_typing, 10_000)
  }
  assert.deepEqual(await whoWasSeen(world, near), new Set([alice.userId]))
  assert.deepEqual(await whoWasSeen(world, far), new Set([bob.userId]))
})

for (const [members, isTold] of [
  [limits.smallConversationMembers, true],
  [limits.smallConversationMembers + 1, false],
] as const) {
  test(`in a conversation of ${members} ${isTold ? 'people hear' : 'nobody hears'} who types and reads`, async (t) => {
    const { here, alice, bob, near, far, meetIn } = await startTwo(t)
    const others = range(3, members).map(() => ({ userId: newId() }))
    const room = await createRoom(here, [alice, bob, ...others])
    const small = await createRoom(here, [alice, bob])
    for (const id of [room, small]) await meetIn(id)
    const { seq } = await send(here, alice, room)
    await far.reach(room, seq)
    near.send({ type: 'typing', conversation_id: room, is_typing: true })
    await near.request('read', { conversation_id: room, seq })
    near.send({ type: 'typing', conversation_id: small, is_typing: true })
    await far.next(({ type, conversation_id }) => type === 'typing' && conversation_id === small)
    const kinds = far.frames.filter(({ conversation_id }) => conversation_id === room).map(({ type }) => type)
    assert.equal(kinds.includes('typing'), isTold)
  })
}

test('people hear when somebody they watch comes, changes or goes; who was blocked stays away', async (t) => {
  const world = await startTwo(t)
  const { here, there, alice, bob, far } = world
  const carol = await createPerson(here, 'carol')
  const watch = (userIds: string[]) => far.request('presence.watch', { user_ids: userIds })
  const shown = (frame: Frame, userId: string) =>
    (frame.type === 'presence' ? (frame.presence as { user_id: string; status: string }[]) : []).find(
      ({ user_id }) => user_id === userId,
    )?.status
  assert.ok((await watch([alice.userId, carol.userId])).ok)
  const socket = await TestSocket.open(t, here, carol)
  await far.next((frame) => shown(frame, carol.userId) === 'online', 15_000)
  await socket.request('presence.set', { status: 'busy' })
  await far.next((frame) => shown(frame, carol.userId) === 'busy')
  await block(world, carol, bob)
  await socket.request('presence.set', { status: 'away' })
  const dora = await createPerson(here, 'dora')
  await watch([carol.userId, dora.userId])
  await (await TestSocket.open(t, there, dora)).request('presence.set', { status: 'busy' })
  await far.next((frame) => shown(frame, dora.userId) === 'busy')
  assert.ok(!far.frames.some((frame) => shown(frame, carol.userId) === 'away'))
})
