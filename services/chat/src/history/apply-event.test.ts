import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LogEvent, toApplied } from '../log/log-event.ts'
import { applyEvents } from './apply-event.ts'

function event(seq: number, more: Partial<LogEvent>): LogEvent {
  return {
    conversation_id: 'c',
    seq,
    log_epoch: 1,
    kind: 'message.created',
    actor_id: 'someone',
    message_id: null,
    target_seq: null,
    number: 1,
    content: null,
    data: {},
    expires_at: null,
    created_at: new Date(seq),
    ...more,
  }
}

const facts = { message_type: 'text', is_encrypted: false, metadata: { from: 'start' } }
const created = event(1, { message_id: 'm', content: 'first', data: facts })
const edited = (seq: number, content: string | null) =>
  event(seq, { kind: 'message.edited', target_seq: 1, content, data: { message_id: 'm', metadata: { seq } } })
const deleted = (seq: number, deletion_reason = 'author') =>
  event(seq, { kind: 'message.deleted', target_seq: 1, data: { message_id: 'm', deletion_reason } })

test('every text that a message had is kept with its time', () => {
  const [message] = applyEvents([], [created, edited(3, 'second'), edited(4, 'third')])
  assert.ok(message)
  assert.deepEqual([message.content, message.facts.metadata, message.applied], ['third', { seq: 4 }, 2 ** 40 + 4])
  assert.deepEqual(message.versions, [
    { content: 'first', metadata: { from: 'start' }, createdAt: new Date(1).toISOString() },
    { content: 'second', metadata: { seq: 3 }, createdAt: new Date(3).toISOString() },
  ])
})

test('what is deleted stays so, by its first deletion, and keeps no text', () => {
  const [message] = applyEvents([], [created, edited(2, 'x'), deleted(3), edited(4, 'back'), deleted(5, 'moderator')])
  assert.ok(message)
  const { content, versions, deletedAt, deletionReason, applied } = message
  assert.deepEqual([content, versions, deletedAt, deletionReason], [null, [], new Date(3), 'author'])
  assert.deepEqual(message.facts.metadata, {})
  assert.equal(applied, 2 ** 40 + 5)
})

test('events that a message has in it change nothing, however often and late they come', () => {
  const events = [created, edited(2, 'second'), edited(3, 'third')]
  const known = applyEvents([], events)
  assert.deepEqual(applyEvents(known, events.slice(1)), known)
})

test('an epoch after a restore counts for more than all before it', () => {
  const known = applyEvents([], [created, edited(900, 'undone by the restore')])
  const [message] = applyEvents(known, [{ ...edited(2, 'after it'), log_epoch: 2 }])
  assert.equal(message?.content, 'after it')
  assert.equal(message?.applied, toApplied({ log_epoch: 2, seq: 2 }))
})

test('texts that a later deletion has emptied already are no versions', () => {
  const [message] = applyEvents([], [{ ...created, content: null }, edited(2, null)])
  assert.deepEqual([message?.content, message?.versions], [null, []])
})

test('events about other messages are for those', () => {
  const other = event(2, { message_id: 'n', content: 'other', data: facts })
  const messages = applyEvents([], [created, other, edited(3, 'changed'), deleted(4)])
  assert.deepEqual(
    messages.map(({ seq, content }) => [seq, content]),
    [
      [1, null],
      [2, 'other'],
    ],
  )
})
