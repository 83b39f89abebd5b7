import assert from 'node:assert/strict'
import type { CallWebhook } from '@secureconnect/protocol'

/** What holds of everything that webhooks tell of one call that is over. */
export function assertToldWhole(story: readonly CallWebhook[]): void {
  assert.deepEqual(
    story.map(({ sequence }) => sequence),
    story.map((_, index) => index + 1),
  )
  const present = new Set<string>()
  for (const { type, data } of story) {
    if ('participant' in data) {
      const { participant_id: id } = data.participant
      if (type === 'call.participant_joined') assert.ok(!present.has(id) && present.add(id))
      if (type === 'call.participant_left') assert.ok(present.delete(id), 'who leaves had joined')
      if (type === 'call.host_changed') assert.ok(present.has(id), 'a host is there')
    }
    assert.equal(data.call.participant_count, present.size)
  }
  const end = story.slice(-2).map(({ type }) => type)
  assert.deepEqual([story[0]?.type, ...end, present.size], ['call.ringing', 'call.ended', 'call.report', 0])
}
