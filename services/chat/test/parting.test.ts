import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { conversations } from '@secureconnect/protocol'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { ownRedisServer } from '@secureconnect/test/stack'
import { createDirect, createGroup } from './groups.ts'
import { send } from './live-room.ts'
import { type Chat, call, createPerson, onServers, type Person, startChatOn } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

/** After so long nobody gets what is not for him any more. */
const boundMs = { running: 1_000, stopped: 3_000 }
const latestMs = 10_000

/** Alice at the first process, Bob with a socket at each, and Carol at the second, all in one group; Redis is as it is said to be. */
async function startGroup(t: TestContext, redisIs: keyof typeof boundMs) {
  const redis = await ownRedisServer(t)
  const platform = await onServers(await createMigratedDatabase(t), redis)
  const [here, there] = [await startChatOn(t, platform), await startChatOn(t, platform)]
  const [alice, bob, carol] = [await createPerson(here), await createPerson(here), await createPerson(here)]
  const group = await createGroup(here, alice, [bob, carol])
  const direct = await createDirect(here, alice, bob)
  const open = (chat: Chat, person: Person) => TestSocket.open(t, chat, person)
  const bobs = [await open(here, bob), await open(there, bob)]
  const [near, far] = [await open(here, alice), await open(there, carol)]
  for (const socket of bobs) await socket.subscribe({ [group]: null, [direct]: null })
  await near.subscribe({ [group]: null, [direct]: null })
  await far.subscribe({ [group]: null })
  if (redisIs === 'stopped') await redis.kill()
  /** Says something to the group that has reached the sockets of both processes, and what was told before it too. */
  const sayToGroup = async (chat: Chat, content: string) => {
    const { seq } = await send(chat, alice, group, content)
    for (const socket of [near, far]) await socket.reach(group, seq, latestMs)
  }
  return { here, there, alice, bob, carol, group, direct, bobs, sayToGroup }
}

for (const redisIs of ['running', 'stopped'] as const) {
  const seconds = boundMs[redisIs] / 1_000

  test(`a removed person gets nothing that is sent ${seconds} s later, at two processes (Redis ${redisIs})`, async (t) => {
    const { here, there, alice, bob, group, bobs, sayToGroup } = await startGroup(t, redisIs)
    await sayToGroup(here, 'for everybody')
    const params = { conversation_id: group, user_id: bob.userId }
    assert.equal((await call(here, conversations.removeParticipant, { token: alice.token, params })).status, 200)
    await delay(boundMs[redisIs])
    for (const chat of [here, there]) await sayToGroup(chat, 'not for him')
    for (const socket of bobs) {
      await socket.next(({ type }) => type === 'conversation.removed', latestMs)
      assert.match(JSON.stringify(socket.events(group)), /for everybody/)
      assert.doesNotMatch(JSON.stringify(socket.frames), /not for him/)
    }
  })

  test(`of two who block one another neither gets what is sent ${seconds} s later, at two processes (Redis ${redisIs})`, async (t) => {
    const { here, there, alice, bob, carol, group, direct, bobs, sayToGroup } = await startGroup(t, redisIs)
    const { seq } = await send(here, alice, direct, 'for the other')
    for (const socket of bobs) await socket.reach(direct, seq, latestMs)
    await here.context.sql.execute`insert into blocks (user_id, blocked_id) values (${bob.userId}, ${alice.userId})`
    await delay(boundMs[redisIs])
    for (const chat of [here, there]) {
      for (const person of [alice, bob]) {
        const socket = await TestSocket.open(t, chat, person)
        const body = { conversation_id: direct, content: 'not for the other', message_type: 'text' } as const
        assert.equal((await socket.request('message.send', body)).error?.code, 'BLOCKED')
        socket.send({ type: 'typing', conversation_id: direct, is_typing: true })
      }
      await sayToGroup(chat, 'for everybody')
    }
    for (const [place, chat] of [here, there].entries()) {
      const socket = await TestSocket.open(t, chat, carol)
      socket.send({ type: 'typing', conversation_id: group, is_typing: true })
      // That one who types later is heard of tells that all that was to be heard before has come.
      await bobs[place]?.next(({ type, conversation_id }) => type === 'typing' && conversation_id === group)
    }
    for (const socket of bobs) {
      const told = socket.frames.filter(({ type, conversation_id }) => type !== 'reply' && conversation_id === direct)
      assert.doesNotMatch(JSON.stringify(told), /not for the other|typing/)
    }
  })
}
