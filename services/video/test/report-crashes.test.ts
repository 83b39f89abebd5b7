import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { until } from '@secureconnect/test/helpers'
import { shareInSuite } from '@secureconnect/test/services'
import { assertToldWhole } from './assert-told-whole.ts'
import { startCall } from './start-call.ts'
import { startKillable } from './start-killable.ts'
import { TestPeer } from './test-peer.ts'
import { act } from './test-video.ts'
import { startReceiver } from './webhook-receiver.ts'

type Cleanup = { after: (work: () => unknown) => void }

/** A process that can be killed, and one beside it that goes on; both post webhooks to the same receiver. */
async function startGround(t: Cleanup) {
  const receiver = await startReceiver(t)
  const { beside, start } = await startKillable(t, { ...receiver.env, CALL_QUALITY_MS: '200' })
  return { beside, receiver, start, sql: beside.context.sql }
}

type Ground = Awaited<ReturnType<typeof startGround>>

/** Two who talk in a room of a process that is about to be killed, which has written down some of it. */
async function startDoomedCall(t: Cleanup, { beside, start, sql }: Ground) {
  const dying = await start()
  const { people, callId } = await startCall(beside, 2)
  const [host] = people
  assert.ok(host)
  const peers: TestPeer[] = []
  for (const person of people) peers.push(await TestPeer.join(t, dying, person, { callId }))
  const [ada, bob] = peers
  assert.ok(ada && bob)
  await Promise.all([ada.publish('mic'), bob.connect('recv')])
  await bob.receive(await bob.offer(ada))
  const isWritten = () => sql.execute`select from call_measures where call_id = ${callId} and sent_bytes > 0`
  await until('some of it is written down', async () => (await isWritten()) === 2)
  const kill = async () => {
    dying.child.kill('SIGKILL')
    await dying.ended
    // Stands for the time that its leases have to run out in.
    await sql.execute`update outbox set lease_until = clock_timestamp() where topic = 'call_webhook'`
    await sql.execute`update call_rooms set lease_until = clock_timestamp() where call_id = ${callId}`
  }
  return { host, callId, kill }
}

/** What the receiver was told of a call, once its report is among it: each webhook once, however often it came. */
async function readStory({ receiver }: Ground, callId: string) {
  const isOf = ({ webhook }: (typeof receiver.received)[number]) => webhook.data.call.call_id === callId
  await receiver.until((received) => received.some((one) => isOf(one) && one.webhook.type === 'call.report'))
  const byId = new Map(receiver.received.filter(isOf).map(({ id, webhook }) => [id, webhook] as const))
  const story = [...byId.values()]
  assertToldWhole(story)
  const report = story.find(({ type }) => type === 'call.report')
  assert.ok(report?.type === 'call.report')
  return { story, stays: report.data.report.stays }
}

suite('a process that is killed', () => {
  const shared = shareInSuite(startGround)

  test('while its call goes on leaves it to the others to report it, with what it had written down', async (t) => {
    const ground = shared()
    const { sql } = ground
    const { callId, host, kill } = await startDoomedCall(t, ground)
    await kill()
    const isMissed = () => sql.execute`
      select from calls where call_id = ${callId} and recovering_since is not null`
    await until('its room is missed', async () => (await isMissed()) === 1)
    // Stands for the half minute in which people may come back.
    await sql.execute`update call_participants set resume_until = clock_timestamp() where call_id = ${callId}`
    const { story, stays } = await readStory(ground, callId)
    assert.equal(story.at(-1)?.data.call.end_reason, 'server_restart')
    for (const { is_complete, line, quality } of stays) {
      assert.ok(!is_complete && line && line.sent_bytes > 0, 'it says that something is missing')
      assert.ok(quality)
    }
    const { data } = await act(ground.beside, 'report', host, callId)
    assert.deepEqual(data.stays, stays, 'what was reported is what can be read')
  })

  test('between the end of a call and its report leaves that to the others', async (t) => {
    const ground = shared()
    const { sql, beside } = ground
    const { callId, host, kill } = await startDoomedCall(t, ground)
    // What it would write down last has to wait, and the report with it.
    await sql.transaction(async (tx) => {
      await tx.execute`lock table call_measures in share mode`
      await act(beside, 'end', host, callId)
      const isWaiting = () => sql.execute`
        select from pg_locks where relation = 'call_measures'::regclass and not granted`
      await until('it is about to report', async () => (await isWaiting()) > 0)
      await kill()
    })
    const { story, stays } = await readStory(ground, callId)
    assert.equal(story.at(-1)?.data.call.end_reason, 'ended')
    assert.ok(stays.every(({ is_complete, line }) => !is_complete && line && line.sent_bytes > 0))
  })

  test('right after it reported a call has reported it once', async (t) => {
    const ground = shared()
    const { callId, host, kill } = await startDoomedCall(t, ground)
    await act(ground.beside, 'end', host, callId)
    await until('it is reported', async () => {
      return (await act(ground.beside, 'report', host, callId)).data.reported_at !== null
    })
    await kill()
    await ground.start()
    const { stays } = await readStory(ground, callId)
    assert.ok(stays.every(({ is_complete }) => is_complete))
    const { data } = await act(ground.beside, 'report', host, callId)
    assert.deepEqual(data.stays, stays)
  })
})
