import assert from 'node:assert/strict'
import { suite, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Answer, FakeFirebase } from '@secureconnect/push/testing'
import { startFakeFirebase } from '@secureconnect/push/testing'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { allowedMs, scale } from '@secureconnect/test/helpers'
import { prepareProcesses } from './chat-process.ts'
import { createRoom } from './create-room.ts'
import { sendAtOnce } from './live-room.ts'
import { createSignedIn, createToken, saveDevice, toPushEnv, untilPushed } from './pushed.ts'
import { type Chat, onServers, type Person, startChatOn } from './test-chat.ts'
import { until } from './until.ts'

/** As many as a relay has under way at once. */
const underWay = 12

/** What Firebase does on a bad day: every twentieth push fails, and some take their time. */
function createMoods(): () => Answer {
  let count = 0
  return () => {
    count += 1
    if (count % 20 === 0) return { status: count % 40 === 0 ? 500 : 503 }
    return count % 50 === 7 ? { delayMs: 1_000 } : {}
  }
}

/** A chat-service in this process, where sends come in, and one writer with many readers, each with a device. */
async function startCrowd(t: TestContext, readers: number) {
  const firebase = await startFakeFirebase()
  t.after(() => firebase.close())
  const database = await createMigratedDatabase(t)
  const chat = await startChatOn(t, await onServers(database), toPushEnv(firebase))
  const writer = await createSignedIn(chat, 'writer')
  const people = await Promise.all(Array.from({ length: readers }, () => createSignedIn(chat, 'reader')))
  const tokens = await Promise.all(people.map((person) => saveDevice(chat, person, createToken())))
  return { firebase, database, chat, writer, people, tokens }
}

/** Processes of their own that relay pushes too, until they are killed. */
async function startRelays(t: TestContext, { firebase, database }: Awaited<ReturnType<typeof startCrowd>>) {
  const start = await prepareProcesses(t, database, { env: toPushEnv(firebase) })
  const relays = [await start(), await start()]
  return {
    async killOne(turn: number): Promise<void> {
      const place = turn % relays.length
      relays[place]?.child.kill('SIGKILL')
      await relays[place]?.ended
      relays[place] = await start()
    },
  }
}

/** Writes one message into each of so many groups of all readers; answers the groups. */
async function writeToGroups(chat: Chat, writer: Person, people: readonly Person[], groups: number) {
  const ids = await Promise.all(Array.from({ length: groups }, () => createRoom(chat, [writer, ...people])))
  for (const conversationId of ids) await sendAtOnce(chat, writer, { conversationId, texts: ['hello'] })
  return ids
}

type Push = { token: string; place: string; answeredAt: number }

const listTaken = ({ taken }: FakeFirebase): Push[] =>
  taken.map(({ message, answeredAt }) => {
    return { token: message.token, place: message.android.collapse_key, answeredAt }
  })

suite('what is promised of pushes', () => {
  test('none is lost and none sent twice, but by a relay that died between Firebase’s answer and its note of it', async (t) => {
    const readers = 50
    const groups = Math.ceil(scale(10_000, 600) / readers)
    const crowd = await startCrowd(t, readers)
    const { firebase, chat, writer, people, tokens } = crowd
    const dead = new Set(tokens.slice(0, 2))
    const mood = createMoods()
    firebase.answer = ({ token }) => (dead.has(token) ? { status: 404, errorCode: 'UNREGISTERED' } : mood())
    const relays = await startRelays(t, crowd)
    const ids = await writeToGroups(chat, writer, people, groups)
    const kills: number[] = []
    const expected = groups * (readers - dead.size)
    for (const share of [0.2, 0.5]) {
      await until('pushes went out', () => firebase.taken.length >= expected * share, 120_000)
      kills.push(Date.now())
      await relays.killOne(kills.length)
    }
    await untilPushed(chat, 300_000)

    const taken = listTaken(firebase)
    const byDevice = Map.groupBy(taken, ({ token, place }) => `${token} ${place}`)
    const living = tokens.filter((token) => !dead.has(token))
    const missing = living.flatMap((token) => ids.filter((id) => !byDevice.has(`${token} ${id.replaceAll('-', '')}`)))
    assert.deepEqual(missing, [], 'none is lost')
    assert.equal(byDevice.size, expected, 'nobody else gets any')
    const repeated = [...byDevice.values()].filter(({ length }) => length > 1)
    assert.ok(repeated.length <= kills.length * underWay, `${repeated.length} were sent twice`)
    for (const [first] of repeated) {
      const isExcused = kills.some((at) => first && first.answeredAt > at - 2_000 && first.answeredAt < at + 1_000)
      assert.ok(isExcused, 'only what was under way as a relay died is sent twice')
    }
    const left = await chat.context.sql.execute`
      update push_tokens set type = type where token = any(${[...dead]}::text[])`
    assert.equal(left, 0, 'dead tokens are removed')
    t.diagnostic(`${expected} pushes, ${kills.length} kills, ${repeated.length} sent twice`)
  })

  test('while all is well 95 of 100 pushes reach Firebase within two seconds of their message', async (t) => {
    const { firebase, chat, writer, people } = await startCrowd(t, 5)
    const messages = scale(200, 20)
    const sentAt = new Map<string, number>()
    for (let count = 0; count < messages; count++) {
      const conversationId = await createRoom(chat, [writer, ...people])
      sentAt.set(conversationId.replaceAll('-', ''), Date.now())
      await sendAtOnce(chat, writer, { conversationId, texts: ['hello'] })
      await delay(250)
    }
    await untilPushed(chat, 30_000)
    const waits = listTaken(firebase).map(({ place, answeredAt }) => answeredAt - (sentAt.get(place) ?? 0))
    assert.equal(waits.length, messages * people.length)
    const p95 = waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.95)] ?? 0
    t.diagnostic(`p95 ${p95} ms of ${waits.length} pushes`)
    assert.ok(p95 <= allowedMs(2_000), `p95 ${p95} ms`)
  })
})
