import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventFrame, Position } from '@secureconnect/protocol'
import { createSubscriptions, type Positions } from './subscriptions.ts'

const id = 'a-conversation'

function event(seq: number, log_epoch = 0): EventFrame {
  const data = { user_id: 'bob', by: null, reason: 'left' as const }
  return { type: 'event', conversation_id: id, seq, log_epoch, created_at: '', kind: 'member.left', data }
}

/** Subscribed from `position` on, with what it handed on, what it gave up and what it asked for. */
function follow(position: Position | null) {
  const seqs: number[] = []
  const resets: Position[] = []
  const asked: Positions[] = []
  const subscriptions = createSubscriptions({
    deliver: ({ seq }) => seqs.push(seq),
    reset: (_, at) => resets.push(at),
    askAgain: (positions) => asked.push(positions),
  })
  subscriptions.add({ [id]: position })
  const accept = (last_seq: number, recovered = true, log_epoch = 0) =>
    subscriptions.accept(id, { log_epoch, last_seq, recovered })
  const receive = (...events: EventFrame[]) => events.forEach((each) => void subscriptions.receive(each))
  return { subscriptions, seqs, resets, asked, accept, receive }
}

test('what was missed and what is new come once each, in order', () => {
  const { seqs, resets, asked, accept, receive } = follow({ log_epoch: 0, seq: 3 })
  receive(event(4), event(5))
  accept(5)
  receive(event(5), event(4), event(6))
  assert.deepEqual([seqs, resets, asked], [[4, 5, 6], [], []])
})

test('one that is followed from now on begins where the server says', () => {
  const { subscriptions, seqs, resets, accept, receive } = follow(null)
  accept(41, false)
  assert.deepEqual(subscriptions.list(), { [id]: { log_epoch: 0, seq: 41 } })
  receive(event(42))
  assert.deepEqual([seqs, resets], [[42], []])
})

test('where the server cannot replay, that is told, and what follows still comes', () => {
  const { seqs, resets, accept, receive } = follow({ log_epoch: 0, seq: 3 })
  accept(5_000, false)
  receive(event(5_001))
  assert.deepEqual([seqs, resets], [[5_001], [{ log_epoch: 0, seq: 5_000 }]])
})

test('a log that was restored from a backup is begun anew', () => {
  const { seqs, resets, accept, receive } = follow({ log_epoch: 0, seq: 30 })
  accept(20, false, 1)
  receive(event(21, 1))
  assert.deepEqual([seqs, resets], [[21], [{ log_epoch: 1, seq: 20 }]])
})

test('a hole is never passed over: what is missing is asked for first', () => {
  const { seqs, resets, asked, accept, receive } = follow({ log_epoch: 0, seq: 3 })
  accept(3)
  receive(event(6), event(7))
  assert.deepEqual([seqs, asked], [[], [{ [id]: { log_epoch: 0, seq: 3 } }]])
  receive(event(4), event(5), event(6), event(7))
  accept(7)
  assert.deepEqual([seqs, resets], [[4, 5, 6, 7], []])
})

test('a hole that asking again does not fill is told as one', () => {
  const { seqs, resets, asked, accept, receive } = follow({ log_epoch: 0, seq: 3 })
  accept(6)
  assert.equal(asked.length, 1)
  accept(6)
  assert.deepEqual(resets, [{ log_epoch: 0, seq: 6 }])
  receive(event(7))
  assert.deepEqual(seqs, [7])
})

test('an event of another epoch, and one of a conversation that nobody follows, are not handed on', () => {
  const { subscriptions, seqs, asked, accept, receive } = follow({ log_epoch: 1, seq: 3 })
  accept(3, true, 1)
  receive(event(4, 2))
  assert.equal(asked.length, 1)
  subscriptions.remove(id)
  receive(event(4, 1))
  assert.deepEqual(seqs, [])
})

test('a new connection is told of all of them, and a conversation that the server names keeps its place', () => {
  const { subscriptions, accept } = follow({ log_epoch: 0, seq: 3 })
  accept(3)
  assert.deepEqual(subscriptions.addNamed(id), { [id]: { log_epoch: 0, seq: 3 } })
  assert.deepEqual(subscriptions.addNamed('new'), { new: null })
  assert.deepEqual(subscriptions.askAll(), { [id]: { log_epoch: 0, seq: 3 }, new: null })
})
