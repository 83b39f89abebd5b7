import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { callEventTopic } from '@secureconnect/directory'
import { column } from '@secureconnect/sql'
import { scale, until } from '@secureconnect/test/helpers'
import { Type } from 'typebox'
import { startGround } from './ground.ts'
import { act, createCircle, initiate, type Video } from './test-video.ts'

const Told = Type.Object({ kind: column.text, count: column.integer })

/** What was told of a call: to the log of its conversation, and to the sockets of people. */
async function listTold({ context: { sql } }: Video, callId: string) {
  const told = await sql.many(Told)`
    select payload ->> 'kind' as kind, count(*) as count from outbox
    where topic = ${callEventTopic} and payload -> 'data' ->> 'call_id' = ${callId} group by 1
    union all
    select (frame ->> 'type') || ' ' || coalesce(frame ->> 'reason', '') as kind, count(*) as count from user_frames
    where frame ->> 'call_id' = ${callId} group by 1 order by kind`
  return Object.fromEntries(told.map(({ kind, count }) => [kind.trim(), count]))
}

suite('several processes', () => {
  test('ringing ends once, also where the process that began it was killed and several look after it', async (t) => {
    const ground = await startGround(t, { CALL_RING_MS: '1500' })
    const dying = await ground.spawn()
    const looking = await ground.here()
    const { people, conversationId } = await createCircle(looking, 3)
    const [ada, bob] = people
    const { status, data } = await initiate(dying, ada, { conversation_id: conversationId })
    assert.deepEqual([status, data.status], [201, 'ringing'])
    dying.child.kill('SIGKILL')
    await dying.ended
    const others = [await ground.here(), await ground.here()]
    await until('the ringing is over', async () => {
      return (await act(looking, 'get', bob, data.call_id)).data.status === 'missed'
    })
    for (const video of others) assert.equal((await act(video, 'get', bob, data.call_id)).data.version, 3)
    assert.deepEqual(await listTold(looking, data.call_id), {
      'call.started': 1,
      'call.ended': 1,
      'call.ringing': 2,
      'call.stopped missed': 2,
    })
    assert.equal((await act(looking, 'accept', bob, data.call_id)).code, 'CALL_ENDED')
  })

  test('of devices that answer at two processes at once one wins', async (t) => {
    const ground = await startGround(t, {})
    const [here, there] = [await ground.here(), await ground.here()]
    for (let round = 0; round < scale(100, 5); round++) {
      const { people, conversationId } = await createCircle(here, 2)
      const [ada, bob] = people
      const { data } = await initiate(there, ada, { conversation_id: conversationId })
      const tablet = { ...bob, token: here.mint({ ...bob, sessionId: bob.userId }) }
      const answers = await Promise.all([
        act(here, 'accept', bob, data.call_id),
        act(there, 'accept', tablet, data.call_id),
      ])
      assert.deepEqual(answers.map(({ code }) => code ?? 'won').sort(), ['ALREADY_ANSWERED', 'won'])
      const { 'call.stopped accepted': stopped } = await listTold(here, data.call_id)
      assert.equal(stopped, 1)
    }
  })
})
