import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { conversations, messages } from '@secureconnect/protocol'
import type { Platform } from '@secureconnect/service'
import type { Frame } from '@secureconnect/test/services'
import { ownPostgresServer, ownRedisServer } from '@secureconnect/test/stack'
import { isLost, prepareProcesses } from './chat-process.ts'
import { createRoom } from './create-room.ts'
import { createGroup } from './groups.ts'
import { listEvents } from './list-events.ts'
import { range, send, sendSilently } from './live-room.ts'
import { type Chat, call, createPerson, onServers, startChatOn } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'
import { latestMs, startTwo } from './two-chats.ts'
import { until } from './until.ts'

const dying = pathToFileURL(join(import.meta.dirname, 'die-before-publishing.ts')).href

async function measureMs(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

test('people at two processes see the same order, whichever of them is written to', async (t) => {
  const { here, there, alice, bob, group, near, far } = await startTwo(t)
  const sent = await Promise.all(
    range(1, 60).map((i) => (i % 2 ? send(here, alice, group, `${i}`) : send(there, bob, group, `${i}`))),
  )
  const seqs = sent.map(({ seq }) => seq).sort((a, b) => a - b)
  for (const socket of [near, far]) {
    await socket.reach(group, seqs.at(-1) ?? 0)
    assert.deepEqual(socket.seqs(group), seqs)
  }
  assert.deepEqual(near.events(group), far.events(group))
})

test('what a process committed that was killed before it told anybody arrives, and is there once when sent again', async (t) => {
  const { database, here, there, alice, group, near, far } = await startTwo(t)
  const { seq: first } = await send(here, alice, group)
  const start = await prepareProcesses(t, database)
  const mortal = await start({ NODE_OPTIONS: `--import=${dying}` })
  const body = { conversation_id: group, client_id: 'once', content: 'not lost', message_type: 'text' } as const
  const ask = (at: { address: string }) => call(at, messages.send, { token: alice.token, body })
  await assert.rejects(ask(mortal), isLost)
  await mortal.ended
  assert.equal(mortal.child.signalCode, 'SIGKILL')
  const stored = await listEvents(here.context.sql, { conversationId: group, afterSeq: first })
  assert.deepEqual(
    stored.map(({ content }) => content),
    ['not lost'],
  )
  const took = await measureMs(() => Promise.all([near, far].map((one) => one.reach(group, first + 1, latestMs))))
  t.diagnostic(`heard of ${Math.round(took)} ms after the death`)
  const again = await ask(there)
  assert.equal(again.data.message_id, stored[0]?.message_id)
  const { seq: next } = await send(there, alice, group)
  for (const socket of [near, far]) {
    await socket.reach(group, next)
    assert.deepEqual(socket.seqs(group), range(first, first + 2))
  }
})

test('what was not told comes within milliseconds once something later is', async (t) => {
  const { here, alice, group, near, far } = await startTwo(t)
  const silent = await sendSilently(here, alice, { conversationId: group, texts: ['a', 'b'] })
  const took = await measureMs(async () => {
    await send(here, alice, group)
    await Promise.all([near.reach(group, silent + 1), far.reach(group, silent + 1)])
  })
  assert.ok(took < 1_000, `${took} ms`)
  assert.deepEqual(far.seqs(group), range(silent - 1, silent + 1))
})

test('a frame for a person that was not told is found by the sweep, once', async (t) => {
  const { here, there, alice, bob, far } = await startTwo(t)
  const other = await createRoom(here, [alice, bob])
  const silent = { ...here.context.fanOut }
  await here.context.sql.transaction(async (tx) => {
    const frame = { type: 'conversation.added', conversation_id: other } as const
    await silent.addUserFrames({ ...tx, afterCommit: () => undefined }, [{ userId: bob.userId, frame }])
  })
  const isIt = ({ conversation_id }: Frame) => conversation_id === other
  await far.next(isIt, latestMs)
  await createGroup(there, alice, [bob])
  await far.next(({ type, conversation_id }) => type === 'conversation.added' && conversation_id !== other, latestMs)
  assert.equal(far.frames.filter(isIt).length, 1)
})

for (const fault of ['kill', 'freeze'] as const) {
  test(`without Redis (${fault}) everything arrives within seconds and in order, and when it is back at once`, async (t) => {
    const redis = await ownRedisServer(t)
    const { here, there, alice, bob, group, near, far } = await startTwo(t, redis)
    const { seq: first } = await send(here, alice, group)
    await redis[fault]()
    for (let i = 0; i < 5; i += 1) await Promise.all([send(here, alice, group), send(there, bob, group)])
    const last = first + 10
    const took = await measureMs(() =>
      Promise.all([near.reach(group, last, latestMs), far.reach(group, last, latestMs)]),
    )
    t.diagnostic(`heard of after ${Math.round(took)} ms`)
    if (fault === 'kill') await redis.restart()
    else redis.thaw()
    await until('Redis is back', () => !here.context.kv.isDegraded && !there.context.kv.isDegraded)
    const { seq } = await send(here, alice, group)
    for (const socket of [near, far]) {
      await socket.reach(group, seq)
      assert.deepEqual(socket.seqs(group), range(first, seq))
    }
  })
}

test('who is removed while Redis is away gets nothing that is sent afterwards, at any process', async (t) => {
  const redis = await ownRedisServer(t)
  const { here, there, alice, bob, group, near, far } = await startTwo(t, redis)
  await redis.kill()
  const params = { conversation_id: group, user_id: bob.userId }
  await call(here, conversations.removeParticipant, { token: alice.token, params })
  const { seq } = await send(here, alice, group, 'a secret')
  await near.reach(group, seq, latestMs)
  await far.next(({ type }) => type === 'conversation.removed', latestMs)
  assert.doesNotMatch(JSON.stringify(far.frames), /a secret/)
  assert.deepEqual((await far.subscribe({ [group]: { log_epoch: 1, seq: 0 } })).not_found, [group])
  const refused = await TestSocket.open(t, there, bob)
  assert.deepEqual((await refused.subscribe({ [group]: null })).not_found, [group])
})

/** A store whose subscriptions can go deaf without a word, as those of a proxy that forgot them do. */
function goingDeaf(state: { isDeaf: boolean }) {
  return (platform: Platform): Platform => ({
    ...platform,
    async openKv(observers) {
      const kv = await platform.openKv(observers)
      const subscribe = kv.subscribe.bind(kv)
      return Object.assign(kv, {
        subscribe(...[channel, listener, options]: Parameters<typeof subscribe>) {
          let isDeaf = false
          const hear = (message: string) => {
            isDeaf ||= state.isDeaf
            if (!isDeaf) listener(message)
          }
          return subscribe(channel, hear, options)
        },
      })
    },
  })
}

test('subscriptions that went deaf are noticed within 15 seconds, and hear again', async (t) => {
  const state = { isDeaf: false }
  const { here, there, alice, group, far } = await startTwo(t, undefined, goingDeaf(state))
  await send(here, alice, group)
  state.isDeaf = true
  const took = await measureMs(() => there.line(({ message }) => /are deaf/.test(String(message))))
  assert.ok(took < 15_000, `${took} ms`)
  const { seq } = await send(here, alice, group)
  await far.reach(group, seq, latestMs)
  state.isDeaf = false
  await there.line(({ message }) => /hear again/.test(String(message)))
  const heard = await measureMs(async () => {
    const { seq } = await send(here, alice, group)
    await far.reach(group, seq)
  })
  assert.ok(heard < 1_000, `${heard} ms`)
})

test('a process that cannot look for what it missed sends its sockets elsewhere before anything is lost', async (t) => {
  const server = await ownPostgresServer(t)
  const chat: Chat = await startChatOn(t, await onServers(server))
  const person = await createPerson(chat)
  const socket = await TestSocket.open(t, chat, person)
  await server.kill()
  const now = performance.now.bind(performance)
  t.mock.method(performance, 'now', () => now() + 51_000)
  assert.equal(await socket.closed, 1012)
  await server.restart()
})
