import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { suite, test } from 'node:test'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { createRandom, ServiceProcess, scale } from '@secureconnect/test/helpers'
import { shareInSuite } from '@secureconnect/test/services'
import { mediaWorker } from '@secureconnect/test/stack'
import { assertToldWhole } from './assert-told-whole.ts'
import { moderate } from './moderate.ts'
import {
  act,
  createCircle,
  createConversation,
  createServerEnv,
  initiate,
  onServers,
  startVideoOn,
} from './test-video.ts'
import { type Answer, type Received, startReceiver } from './webhook-receiver.ts'

const typesOf = (received: readonly Received[]) => received.map(({ webhook }) => webhook.type)
const isOf = ({ data }: Received['webhook'], callId: string) => data.call.call_id === callId
const hasEnded = (callId: string) => (received: readonly Received[]) =>
  received.some(({ webhook }) => webhook.type === 'call.report' && isOf(webhook, callId))

/** What was told of a call, each webhook once however often it came. */
function storyOf(received: readonly Received[], callId: string) {
  const first = new Map(received.map((one) => [one.id, one.webhook] as const))
  return [...first.values()].filter((webhook) => isOf(webhook, callId))
}

suite('webhooks', () => {
  const shared = shareInSuite(async (t) => {
    const receiver = await startReceiver(t)
    const platform = await onServers(await createMigratedDatabase(t))
    const env = { ...receiver.env, RATELIMIT_CALLS_JOIN: '100000' }
    return { receiver, platform, video: await startVideoOn(t, platform, env) }
  })

  test('tell a call from its ringing to its end, signed and numbered', async () => {
    const { receiver, video } = shared()
    const { people, conversationId } = await createCircle(video, 2)
    const [ada, bob] = people
    const { call_id: callId } = (await initiate(video, ada, { conversation_id: conversationId })).data
    await act(video, 'accept', bob, callId)
    await act(video, 'leave', bob, callId)
    await receiver.until(hasEnded(callId))
    const story = storyOf(receiver.received, callId)
    assertToldWhole(story)
    assert.deepEqual(
      story.map(({ type, data }) => [type, 'participant' in data ? data.participant.user_id : data.call.status]),
      [
        ['call.ringing', 'ringing'],
        ['call.participant_joined', ada.userId],
        ['call.participant_joined', bob.userId],
        ['call.answered', 'active'],
        ['call.participant_left', bob.userId],
        ['call.participant_left', ada.userId],
        ['call.ended', 'ended'],
        ['call.report', 'ended'],
      ],
    )
    const reasons = story.flatMap(({ data }) => ('participant' in data ? data.participant.left_reason : []))
    assert.deepEqual(reasons, [null, null, 'left', 'ended'])
    const { call } = story.at(-1)?.data ?? {}
    assert.deepEqual([call?.conversation_id, call?.end_reason], [conversationId, 'left'])
  })

  test('are left to the processes that post them by one that does not know of them, and which says so', async (t) => {
    const { receiver, platform } = shared()
    const other = await startVideoOn(t, platform)
    const { people, conversationId } = await createCircle(other, 2)
    const { call_id: callId } = (await initiate(other, people[0], { conversation_id: conversationId })).data
    await receiver.until((received) => received.some(({ webhook }) => isOf(webhook, callId)))
    await other.line(({ level, message }) => level === 'error' && String(message).includes('the same webhook_url'))
  })

  test('tell who asked to be let in and what he was told, and who became host when the last one left', async () => {
    const { receiver, video } = shared()
    const { people, conversationId } = await createCircle(video, 3)
    const [ada, bob, cleo] = people
    const { data } = await initiate(video, ada, { conversation_id: conversationId, has_lobby: true })
    const callId = data.call_id
    await act(video, 'accept', bob, callId)
    await act(video, 'accept', cleo, callId)
    await moderate(video, 'admit', [ada, callId], { user_id: bob.userId })
    await moderate(video, 'deny', [ada, callId], { user_id: cleo.userId })
    await act(video, 'join', bob, callId)
    await act(video, 'leave', ada, callId)
    await act(video, 'leave', bob, callId)
    await receiver.until(hasEnded(callId))
    const story = storyOf(receiver.received, callId)
    assertToldWhole(story)
    assert.deepEqual(
      story.flatMap(({ data: told }) => {
        if (!('admission' in told)) return []
        const { user_id, status, decided_by } = told.admission
        return [[user_id, status, decided_by]]
      }),
      [
        [bob.userId, 'waiting', null],
        [cleo.userId, 'waiting', null],
        [bob.userId, 'admitted', ada.userId],
        [cleo.userId, 'denied', ada.userId],
      ],
    )
    const hosts = story.flatMap(({ type, data }) =>
      type === 'call.host_changed' ? [[data.participant.user_id, data.participant.role]] : [],
    )
    assert.deepEqual(hosts, [[bob.userId, 'host']])
  })

  test('that are not taken come again, and nothing of that call before them', async () => {
    const { receiver, video } = shared()
    const refusals: Answer[] = [{ status: 302 }, { status: 503, retryAfter: '1' }]
    receiver.answer = ({ webhook: { type } }) =>
      (type === 'call.participant_joined' && refusals.pop()) || { status: 200 }
    const { people, conversationId } = await createCircle(video, 2)
    const { call_id: callId } = (await initiate(video, people[0], { conversation_id: conversationId })).data
    await act(video, 'decline', people[1], callId)
    await receiver.until(hasEnded(callId))
    const [ringing, joined, again, last, ...rest] = receiver.received.filter(({ webhook }) => isOf(webhook, callId))
    assert.equal(ringing?.webhook.type, 'call.ringing')
    for (const repeated of [again, last]) assert.deepEqual(repeated, joined)
    assert.deepEqual(typesOf(rest), ['call.participant_left', 'call.ended', 'call.report'])
    assertToldWhole(storyOf(receiver.received, callId))
  })

  const acts = scale(4_000, 200)
  test(`of ${acts} random acts are complete and in order for each call, with a receiver that refuses every tenth`, async () => {
    const { receiver, video } = shared()
    const random = createRandom(3)
    const refused = new Set<string>()
    receiver.answer = ({ id }) => {
      if (refused.has(id) || random.upTo(10) > 0) return { status: 204 }
      refused.add(id)
      return { status: 500 }
    }
    const { people } = await createCircle(video, 5)
    const callIds: string[] = []
    while (callIds.length * 40 < acts) {
      const conversationId = await createConversation(video, people)
      const { data } = await initiate(video, people[0], { conversation_id: conversationId })
      for (let done = 0; done < 40; done += 5) {
        const answers = people.map((person) => {
          return act(video, random.pick(['accept', 'decline', 'join', 'join', 'leave']), person, data.call_id)
        })
        await Promise.all(answers)
      }
      await act(video, 'end', people[0], data.call_id)
      callIds.push(data.call_id)
    }
    for (const callId of callIds) {
      await receiver.until(hasEnded(callId))
      assertToldWhole(storyOf(receiver.received, callId))
    }
  })
})

test('a receiver that never answers keeps no call from going on, and has the same again once the service was killed', async (t) => {
  const receiver = await startReceiver(t)
  const database = await createMigratedDatabase(t)
  const secret = { JWT_SECRET: randomBytes(32).toString('base64url') }
  const first = await startVideoOn(t, await onServers(database), secret)
  const { people, conversationId } = await createCircle(first, 2)
  // It wants no webhooks, and would report the call without any.
  await first.stop()
  const env = { ...(await createServerEnv(database)), ...secret, ...receiver.env, PORT: '0', SHED_LOAD: 'false' }
  const dying = new ServiceProcess('video-service', { ...env, MEDIASOUP_WORKER_BIN: await mediaWorker() })
  t.after(() => dying.child.kill('SIGKILL'))
  await dying.listening()
  receiver.answer = () => 'none'
  const { call_id: callId } = (await initiate(dying, people[0], { conversation_id: conversationId })).data
  await receiver.until(({ length }) => length === 1)
  assert.equal((await act(dying, 'decline', people[1], callId)).data.status, 'declined')
  dying.child.kill('SIGKILL')
  await dying.ended
  receiver.answer = () => ({ status: 204 })
  const { context } = await startVideoOn(t, await onServers(database), { ...secret, ...receiver.env })
  // Stands for the time that its lease has to run out in.
  await context.sql.execute`update outbox set lease_until = now() where topic = 'call_webhook'`
  await receiver.until(hasEnded(callId))
  const [before, again] = receiver.received
  assert.deepEqual([before, typesOf(receiver.received)[1]], [again, 'call.ringing'])
  assertToldWhole(storyOf(receiver.received, callId))
})
