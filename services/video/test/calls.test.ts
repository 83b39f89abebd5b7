import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { act, createCircle, initiate, onOtherDevice, shareVideo } from './test-video.ts'

suite('a call', () => {
  const shared = shareVideo()

  test('rings, is answered, and ends with the first of two who leaves', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 2)
    const [ada, bob] = people
    assert.ok(ada && bob)
    const { status, data, code } = await initiate(video, ada, { conversation_id: conversationId })
    assert.deepEqual([status, code, data.status], [201, undefined, 'ringing'])
    const seen = await act(video, 'get', bob, data.call_id)
    assert.deepEqual([seen.data.status, seen.data.invite_status], ['ringing', 'ringing'])
    const answered = await act(video, 'accept', bob, data.call_id)
    assert.deepEqual([answered.status, answered.data.call.status], [200, 'active'])
    assert.equal((await act(video, 'accept', onOtherDevice(video, bob), data.call_id)).code, 'ALREADY_ANSWERED')
    const left = await act(video, 'leave', bob, data.call_id)
    assert.deepEqual([left.status, left.data.status, left.data.end_reason], [200, 'ended', 'left'])
    const { data: people_ } = await act(video, 'listParticipants', ada, data.call_id)
    assert.deepEqual(
      people_.participants.map(({ state }) => state),
      ['left', 'left'],
    )
  })
})
