import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, type TestContext, test } from 'node:test'
import { messages, notifications } from '@secureconnect/protocol'
import { Redis } from 'ioredis'
import { scale, until } from '../helpers/index.ts'
import { call, type Person, shareInSuite } from '../services/index.ts'
import { ownRedisServer } from '../stack/index.ts'
import { act, type Calling, converse, Device, dial, startCalling } from './ringing.ts'

/** An answer has stopped the other devices by then. */
const stoppedWithinMs = 300

function onOtherDevice({ video }: Calling, person: Person): Person {
  const sessionId = randomUUID()
  return { ...person, sessionId, token: video.mint({ ...person, sessionId }) }
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** Somebody calls another, who answers, talks and hangs up; all of it is told. */
async function callOnce(
  t: TestContext,
  calling: Calling,
  meanwhile: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  const [ada, bob] = [await calling.createOne(), await calling.createOne()]
  const conversationId = await converse(calling, ada, [bob])
  const phone = await Device.open(t, calling.chat.address, bob.token)
  const callId = await dial(calling, ada, conversationId)
  const rings = await phone.hearOf('call.ringing', callId)
  assert.deepEqual([rings.caller_id, rings.conversation_id], [ada.userId, conversationId])
  await meanwhile()
  assert.equal((await act(calling, 'accept', bob, callId)).status, 200)
  await meanwhile()
  assert.equal((await phone.hearOf('call.stopped', callId)).reason, 'accepted')
  assert.equal((await act(calling, 'leave', ada, callId)).data.status, 'ended')
  assert.equal((await act(calling, 'get', bob, callId)).data.status, 'ended')
}

suite('a call rings', () => {
  const shared = shareInSuite((t) => startCalling(t, undefined, { CALL_RING_MS: '4000' }))

  test('on all devices of each callee, and stops on those of whom it is answered by, at once', async (t) => {
    const calling = shared()
    const [ada, bob, cleo] = [await calling.createOne(), await calling.createOne(), await calling.createOne()]
    const conversationId = await converse(calling, ada, [bob, cleo])
    const open = ({ token }: Person) => Device.open(t, calling.chat.address, token)
    const tablet = onOtherDevice(calling, bob)
    const [first, second, other] = [await open(bob), await open(tablet), await open(cleo)]
    const tookMs: number[] = []
    for (let round = 0; round < scale(50, 5); round++) {
      const callId = await dial(calling, ada, conversationId)
      for (const device of [first, second, other]) await device.hearOf('call.ringing', callId)
      const askedAt = performance.now()
      const answers = await Promise.all([act(calling, 'accept', bob, callId), act(calling, 'accept', tablet, callId)])
      assert.deepEqual(answers.map(({ code }) => code ?? 'won').sort(), ['ALREADY_ANSWERED', 'won'])
      const winner = answers[0].status === 200 ? bob : tablet
      for (const device of [first, second]) {
        const stopped = await device.hearOf('call.stopped', callId)
        assert.deepEqual([stopped.reason, stopped.session_id], ['accepted', winner.sessionId])
        tookMs.push((device.arrivedAt.get(stopped) ?? Number.NaN) - askedAt)
      }
      assert.ok(!other.frames.some(({ type, call_id }) => type === 'call.stopped' && call_id === callId))
      await act(calling, 'end', ada, callId)
      assert.equal((await other.hearOf('call.stopped', callId)).reason, 'cancelled')
    }
    assert.ok(median(tookMs) < stoppedWithinMs, `stopped after ${tookMs.map(Math.round)} ms`)
  })

  test('and whoever did not come is notified of what he missed, but not of what he declined or took', async () => {
    const calling = shared()
    const [ada, bob, cem] = [await calling.createOne(), await calling.createOne(), await calling.createOne()]
    const [one, other] = [await converse(calling, ada, [bob]), await converse(calling, cem, [bob])]
    const declined = await dial(calling, ada, one)
    await act(calling, 'decline', bob, declined)
    const cancelled = await dial(calling, ada, one)
    await act(calling, 'cancel', ada, cancelled)
    const taken = await dial(calling, ada, one)
    await act(calling, 'accept', bob, taken)
    const busy = await dial(calling, cem, other)
    await act(calling, 'leave', bob, taken)
    const missed = await dial(calling, ada, one)
    const { token } = bob
    let told: { kind: string; call_id: string | null }[] = []
    await until('all that was missed is told', async () => {
      told = (await call(calling.chat, notifications.list, { token })).data.notifications
      return told.length >= 3
    })
    assert.deepEqual(
      told.map(({ kind, call_id }) => [kind, call_id]),
      [missed, busy, cancelled].map((callId) => ['call_missed', callId]),
    )
  })

  test('on a device that comes while it rings, until it is declined, cancelled or missed', async (t) => {
    const calling = shared()
    const [ada, bob] = [await calling.createOne(), await calling.createOne()]
    const conversationId = await converse(calling, ada, [bob])
    const early = await Device.open(t, calling.chat.address, bob.token)
    for (const [reason, stop] of [
      ['declined', (callId: string) => act(calling, 'decline', bob, callId)],
      ['cancelled', (callId: string) => act(calling, 'cancel', ada, callId)],
      ['missed', async () => undefined],
    ] as const) {
      const callId = await dial(calling, ada, conversationId)
      const late = await Device.open(t, calling.chat.address, bob.token)
      await late.hearOf('call.ringing', callId)
      await stop(callId)
      for (const device of [early, late]) assert.equal((await device.hearOf('call.stopped', callId)).reason, reason)
    }
  })

  test('and its beginning and end stand in the conversation, once', async (t) => {
    const calling = shared()
    const [ada, bob] = [await calling.createOne(), await calling.createOne()]
    const conversationId = await converse(calling, ada, [bob])
    const body = { conversation_id: conversationId, content: 'call me', message_type: 'text' } as const
    await call(calling.chat, messages.send, { token: bob.token, body })
    const device = await Device.open(t, calling.chat.address, bob.token)
    device.send({ type: 'subscribe', id: 'all', positions: { [conversationId]: null } })
    await device.next(({ type, id }) => type === 'reply' && id === 'all')
    const callId = await dial(calling, ada, conversationId)
    await act(calling, 'decline', bob, callId)
    const ended = await device.next(({ kind }) => kind === 'call.ended')
    const about = { call_id: callId, call_type: 'audio', caller_id: ada.userId }
    assert.deepEqual(ended.data, { ...about, status: 'declined', duration_seconds: null })
    const told = device.frames.filter(({ type }) => type === 'event')
    assert.deepEqual(
      told.map(({ kind, data }) => [kind, data]),
      [
        ['call.started', about],
        ['call.ended', ended.data],
      ],
    )
  })
})

test('a chat-service that has just started rings at nobody for a call that was answered before', async (t) => {
  const calling = await startCalling(t)
  const [ada, bob] = [await calling.createOne(), await calling.createOne()]
  const callId = await dial(calling, ada, await converse(calling, ada, [bob]))
  await act(calling, 'accept', bob, callId)
  const device = await Device.open(t, (await calling.startChat()).address, bob.token)
  await device.hearOf('call.stopped', callId)
  assert.deepEqual(
    device.frames.filter(({ type }) => type === 'call.ringing'),
    [],
  )
})

test('calls ring, are answered and end whether Redis is hung, dead, back or has forgotten everything', async (t) => {
  const redis = await ownRedisServer(t)
  const { host, port, username, password } = redis
  const admin = new Redis({ host, port, username, password })
  admin.on('error', () => undefined)
  t.after(() => admin.disconnect())
  const calling = await startCalling(t, redis)
  const stages: readonly (() => unknown)[] = [
    async () => undefined,
    () => redis.freeze(),
    () => redis.thaw(),
    () => redis.kill(),
    () => redis.restart(),
  ]
  for (const change of stages) {
    await change()
    await callOnce(t, calling)
  }
  await callOnce(t, calling, () => admin.flushall())
})
