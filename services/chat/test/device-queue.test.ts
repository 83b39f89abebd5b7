import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { devices, limits } from '@secureconnect/protocol'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import type { Frame } from '@secureconnect/test/services'
import { ownRedisServer } from '@secureconnect/test/stack'
import { createFanOut } from '../src/fan-out/fan-out.ts'
import { sendToDevices } from '../src/keys/send-to-devices.ts'
import { dropOldRows } from '../src/stores/old-rows.ts'
import { createRoom } from './create-room.ts'
import { registerDevice, signInAgain } from './device-keys.ts'
import { range } from './live-room.ts'
import { type Chat, call, createPerson, engines, onServers, type Person, shareChat, startChatOn } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

const sealed = (text: string) => Buffer.from(text).toString('base64')
const isMessage = ({ type }: Frame) => type === 'device.message'
const received = (socket: TestSocket) => socket.frames.filter(isMessage)
const textsOf = (socket: TestSocket) =>
  received(socket).map(({ ciphertext }) => Buffer.from(String(ciphertext), 'base64').toString())
const hasText = (text: string) => (frame: Frame) => isMessage(frame) && frame.ciphertext === sealed(text)

type Place = { user_id: string; device_id: string }

/** Two people in one group, each with a device. */
async function createPair(chat: Chat) {
  const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
  await createRoom(chat, [ada, bob])
  const [from, to] = [await registerDevice(chat, ada), await registerDevice(chat, bob)]
  const place: Place = { user_id: bob.userId, device_id: to }
  return { ada, bob, from, place }
}

async function leave(socket: TestSocket, places: readonly Place[], text: string) {
  const to = places.map((place) => ({ ...place, ciphertext: sealed(text) }))
  const { ok, data, error } = await socket.request('device.send', { to })
  assert.ok(ok, JSON.stringify(error))
  return data as { unknown: Place[]; full: Place[] }
}

/** Leaves a message as a process does that dies before it tells of it. */
const leaveSilently = ({ context }: Chat, { userId, sessionId }: Person, place: Place, text: string) => {
  const deaf = createFanOut({ kv: { publish: async () => undefined }, log: context.log })
  const session = { userId, sessionId }
  return sendToDevices({ sql: context.sql, fanOut: deaf }, { session, to: [{ ...place, ciphertext: sealed(text) }] })
}

for (const engine of engines) {
  suite(`messages from device to device on ${engine}`, () => {
    const shared = shareChat(engine)

    test('what is left with a device waits, in order, until the device says that it has it', async (t) => {
      const chat = shared()
      const { ada, bob, from, place } = await createPair(chat)
      const sender = await TestSocket.open(t, chat, ada)
      for (const n of range(1, 25)) assert.deepEqual(await leave(sender, [place], `${n}`), { unknown: [], full: [] })
      const first = await TestSocket.open(t, chat, bob)
      await first.next(hasText('25'))
      assert.equal(first.frames.findIndex(({ type }) => type === 'ready') < first.frames.findIndex(isMessage), true)
      assert.deepEqual(textsOf(first), range(1, 25).map(String))
      const [, , third] = received(first)
      assert.ok(third)
      const { sent_at, ...frame } = third
      assert.ok(!Number.isNaN(Date.parse(String(sent_at))))
      const none = { conversation_id: null, commit_id: null }
      const about = { type: 'device.message', device_id: place.device_id, position: 3, ciphertext: sealed('3') }
      assert.deepEqual(frame, { ...about, sender_id: ada.userId, sender_device_id: from, ...none })
      assert.ok((await first.request('device.ack', { up_to: 20 })).ok)
      first.end()
      const second = await TestSocket.open(t, chat, bob)
      await leave(sender, [place], '26')
      await second.next(hasText('26'))
      assert.deepEqual(textsOf(second), range(21, 26).map(String))
    })

    test('each message goes to its device alone, whichever sockets its person has', async (t) => {
      const chat = shared()
      const { ada, bob, place } = await createPair(chat)
      const tablet = signInAgain(chat, bob)
      const other = { user_id: bob.userId, device_id: await registerDevice(chat, tablet) }
      const [sender, phone, tabletSocket] = [
        await TestSocket.open(t, chat, ada),
        await TestSocket.open(t, chat, bob),
        await TestSocket.open(t, chat, tablet),
      ]
      await leave(sender, [place], 'phone')
      await leave(sender, [other], 'tablet')
      await leave(sender, [place, other], 'both')
      await Promise.all([phone, tabletSocket].map((socket) => socket.next(hasText('both'))))
      assert.deepEqual(
        [textsOf(phone), textsOf(tabletSocket)],
        [
          ['phone', 'both'],
          ['tablet', 'both'],
        ],
      )
    })

    test('a socket gets what waits for a device as soon as its sign-in is that device', async (t) => {
      const chat = shared()
      const { ada, bob, place } = await createPair(chat)
      const again = signInAgain(chat, bob)
      const socket = await TestSocket.open(t, chat, again)
      await leave(await TestSocket.open(t, chat, ada), [place], 'waiting')
      assert.equal(await registerDevice(chat, again, place.device_id), place.device_id)
      await socket.next(hasText('waiting'))
      // The sign-in before is no device now, and takes nothing away.
      const former = await TestSocket.open(t, chat, bob)
      assert.ok((await former.request('device.ack', { up_to: 1 })).ok)
      const later = await TestSocket.open(t, chat, again)
      await later.next(hasText('waiting'))
      assert.deepEqual(received(former), [])
    })

    test('a sender hears which devices there are not, or not for him, and the others get theirs', async (t) => {
      const chat = shared()
      const { ada, bob, place } = await createPair(chat)
      const [eve, mallory] = [await createPerson(chat), await createPerson(chat)]
      const strange = { user_id: eve.userId, device_id: await registerDevice(chat, eve) }
      const apart = { user_id: mallory.userId, device_id: await registerDevice(chat, mallory) }
      await createRoom(chat, [ada, mallory], { type: 'direct' })
      await chat.context.sql.execute`insert into blocks (user_id, blocked_id) values (${mallory.userId}, ${ada.userId})`
      const gone = { ...place, device_id: randomUUID() }
      const sender = await TestSocket.open(t, chat, ada)
      const { unknown } = await leave(sender, [strange, apart, gone, place], 'hello')
      assert.deepEqual(unknown, [strange, apart, gone])
      const socket = await TestSocket.open(t, chat, bob)
      await socket.next(hasText('hello'))
      const twice = [place, place].map((one) => ({ ...one, ciphertext: sealed('x') }))
      assert.equal((await sender.request('device.send', { to: twice })).error?.code, 'VALIDATION_ERROR')
      const outsider = await TestSocket.open(t, chat, await createPerson(chat))
      const to = [{ ...place, ciphertext: sealed('x') }]
      assert.equal((await outsider.request('device.send', { to })).error?.code, 'NOT_FOUND')
    })

    test('one sender fills no queue, and of a full one the oldest goes, which its device can tell', async (t) => {
      const chat = shared()
      const { sql } = chat.context
      const { ada, bob, place } = await createPair(chat)
      const { waiting, ofOneSender } = limits.deviceMessages
      const fill = (senderId: string, from: number, to: number) => sql.execute`
        insert into device_messages (user_id, device_id, position, sender_id, sender_device_id, ciphertext)
        select ${place.user_id}, ${place.device_id}, position, ${senderId}, ${senderId}, ${sealed('x')}
        from generate_series(${from}::bigint, ${to}::bigint) as position`
      await fill(randomUUID(), 1, waiting - ofOneSender + 1)
      await fill(ada.userId, waiting - ofOneSender + 2, waiting)
      await sql.execute`update devices set last_position = ${waiting} where device_id = ${place.device_id}`
      const sender = await TestSocket.open(t, chat, ada)
      assert.deepEqual(await leave(sender, [place], 'one more'), { unknown: [], full: [] })
      assert.deepEqual(await leave(sender, [place], 'too many'), { unknown: [], full: [place] })
      const socket = await TestSocket.open(t, chat, bob)
      await socket.next(hasText('one more'), 20_000)
      assert.deepEqual(
        received(socket).map(({ position }) => position),
        range(2, waiting + 1),
      )
    })

    test('what waited for a month goes, and with a device all that waited for it', async (t) => {
      const chat = shared()
      const { sql } = chat.context
      const { ada, bob, place } = await createPair(chat)
      const sender = await TestSocket.open(t, chat, ada)
      await leave(sender, [place], 'old')
      await sql.execute`
        update device_messages set created_at = clock_timestamp() - interval '31 days'
        where device_id = ${place.device_id}`
      await leave(sender, [place], 'new')
      await dropOldRows(sql.background, new AbortController().signal)
      const socket = await TestSocket.open(t, chat, bob)
      await socket.next(hasText('new'))
      assert.deepEqual(textsOf(socket), ['new'])
      await call(chat, devices.remove, { token: bob.token, params: { device_id: place.device_id } })
      await registerDevice(chat, bob, place.device_id)
      const later = await TestSocket.open(t, chat, bob)
      await leave(sender, [place], 'for the new one')
      await later.next(hasText('for the new one'))
      assert.deepEqual(textsOf(later), ['for the new one'])
    })

    test('what a process left that died before it told of it comes all the same', async (t) => {
      const chat = shared()
      const { ada, bob, place } = await createPair(chat)
      const socket = await TestSocket.open(t, chat, bob)
      await leaveSilently(chat, ada, place, 'silent')
      await socket.next(hasText('silent'), 10_000)
    })
  })
}

for (const fault of ['kill', 'freeze'] as const) {
  test(`while Redis is away (${fault}) devices reach each other from one process to another`, async (t) => {
    const redis = await ownRedisServer(t)
    const platform = await onServers(await createMigratedDatabase(t), redis)
    const [here, there] = [await startChatOn(t, platform), await startChatOn(t, platform)]
    const { ada, bob, place } = await createPair(here)
    const [sender, socket] = [await TestSocket.open(t, here, ada), await TestSocket.open(t, there, bob)]
    await redis[fault]()
    while (!there.context.kv.isDegraded) await delay(20)
    for (const n of range(1, 5)) await leave(sender, [place], `${n}`)
    await socket.next(hasText('5'), 10_000)
    assert.deepEqual(textsOf(socket), range(1, 5).map(String))
  })
}
