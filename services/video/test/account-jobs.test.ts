import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { column } from '@secureconnect/sql'
import { Type } from 'typebox'
import { eraseAccount, exportAccount } from './account-jobs.ts'
import { moderate } from './moderate.ts'
import { act, createCircle, createConversation, initiate, shareVideo, type Video } from './test-video.ts'

suite('the calls of accounts', () => {
  const shared = shareVideo('postgres')

  /** Stands for a room that measured everybody in a call; answers of how many there are measures then. */
  async function addMeasures({ context: { sql } }: Video, callId: string): Promise<number> {
    await sql.execute`
      insert into call_measures (call_id, participant_id, room_id, sent_bytes, received_bytes)
      select call_id, participant_id, call_id, 5, 7 from call_participants where call_id = ${callId}
      on conflict do nothing`
    return await sql.execute`select from call_measures where call_id = ${callId}`
  }

  test('who is erased leaves the calls that go on, rings nobody any more, and his calls are a deleted account’s', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 4)
    const [ada, bob, cleo, dan] = people
    const { data: over } = await initiate(video, ada, { conversation_id: conversationId })
    await act(video, 'decline', bob, over.call_id)
    await act(video, 'cancel', ada, over.call_id)
    const { data: running } = await initiate(video, bob, { conversation_id: conversationId })
    await act(video, 'accept', ada, running.call_id)
    await act(video, 'accept', cleo, running.call_id)
    const lobby = await createConversation(video, [cleo, dan, ada])
    const { data: guarded } = await initiate(video, cleo, { conversation_id: lobby, has_lobby: true })
    await act(video, 'accept', ada, guarded.call_id)
    await addMeasures(video, running.call_id)
    const other = await createConversation(video, [ada, dan])
    const { data: ringing } = await initiate(video, ada, { conversation_id: other })
    await eraseAccount(video, ada)
    assert.equal((await act(video, 'get', dan, ringing.call_id)).data.status, 'cancelled')
    const { data } = await act(video, 'listParticipants', bob, running.call_id)
    const named = [...data.participants, ...data.invites].map(({ user_id }) => user_id)
    assert.ok(named.includes(cleo.userId) && !named.includes(ada.userId))
    const { stays } = (await act(video, 'report', bob, running.call_id)).data
    assert.deepEqual(
      stays.map(({ user_id }) => user_id),
      [bob.userId, cleo.userId],
    )
    assert.equal(await addMeasures(video, running.call_id), 2, 'what was measured of her is gone')
    assert.equal((await act(video, 'get', bob, running.call_id)).data.status, 'active')
    assert.deepEqual((await act(video, 'listParticipants', cleo, guarded.call_id)).data.waiting, [])
    assert.equal((await act(video, 'get', bob, over.call_id)).data.caller_id, ada.userId)
  })

  test('all that is known of them is exported, and nothing of others', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 3)
    const [ada, bob, cleo] = people
    const { data: call } = await initiate(video, bob, { conversation_id: conversationId, has_lobby: true })
    await act(video, 'accept', ada, call.call_id)
    await moderate(video, 'admit', [bob, call.call_id], { user_id: ada.userId })
    await act(video, 'join', ada, call.call_id)
    await act(video, 'leave', ada, call.call_id)
    await addMeasures(video, call.call_id)
    await exportAccount(video, ada)
    const Piece = Type.Object({ section: column.text, items: column.text })
    const pieces = await video.context.sql.many(Piece)`
      select section, items from export_pieces join account_jobs using (job_id)
      where user_id = ${ada.userId} order by position`
    const found = Object.fromEntries(pieces.map(({ section, items }) => [section, JSON.parse(`[${items}]`)]))
    assert.deepEqual(
      found.calls.map(({ call_id, is_caller, invite_status, admission }: Record<string, unknown>) => [
        call_id,
        is_caller,
        invite_status,
        admission,
      ]),
      [[call.call_id, false, 'accepted', 'admitted']],
    )
    assert.equal(found.call_stays[0].call_id, call.call_id)
    assert.ok(found.call_stays[0].left_at)
    assert.deepEqual([found.call_stays[0].sent_bytes, found.call_stays[0].received_bytes], [5, 7])
    assert.doesNotMatch(JSON.stringify(found), new RegExp(`${bob.userId}|${cleo.userId}`))
  })
})
