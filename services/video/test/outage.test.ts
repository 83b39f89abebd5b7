import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '@secureconnect/test/helpers'
import { ownPostgresServer, ownRedisServer } from '@secureconnect/test/stack'
import { act, createCircle, initiate, onServers, startVideoOn } from './test-video.ts'

test('while SQL is away nothing of a call is said to have happened, and afterwards it goes on', async (t) => {
  const server = await ownPostgresServer(t)
  const video = await startVideoOn(t, await onServers(server, await ownRedisServer(t)), { CALL_RING_MS: '60000' })
  const { people, conversationId } = await createCircle(video, 3)
  const [ada, bob, cleo] = people
  const { data } = await initiate(video, ada, { conversation_id: conversationId })
  await act(video, 'accept', bob, data.call_id)
  await server.kill()
  const refused = [
    await initiate(video, bob, { conversation_id: conversationId }),
    await act(video, 'accept', cleo, data.call_id),
    await act(video, 'leave', bob, data.call_id),
    await act(video, 'end', ada, data.call_id),
    await act(video, 'get', ada, data.call_id),
  ]
  for (const { status, headers } of refused) {
    assert.equal(status, 503)
    const retryAfter = Number(headers.get('retry-after'))
    assert.ok(retryAfter >= 1 && retryAfter <= 5, `Retry-After: ${retryAfter}`)
  }
  assert.equal((await fetch(`${video.address}/health`)).status, 200)
  await server.restart()
  await until('calls can be read again', async () => (await act(video, 'get', ada, data.call_id)).status === 200)
  const { data: call } = await act(video, 'get', cleo, data.call_id)
  assert.deepEqual([call.status, call.invite_status], ['active', 'ringing'])
  assert.equal((await act(video, 'accept', cleo, data.call_id)).status, 200)
  assert.equal((await act(video, 'end', ada, data.call_id)).data.status, 'ended')
})
