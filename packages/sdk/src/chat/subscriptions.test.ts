import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventFrame, Position } from '@secureconnect/protocol'
import { createSubscriptions } from './subscriptions.ts'

const id = 'a-conversation'

function event(seq: number, log_epoch = 0): EventFrame {
  const data = { user_id: 'bob', by: null, reason: 'left' as const }
  return { type: 'event', conversation_id: id, seq, log_epoch, created_at: '', kind: 'member.left', data }
}

/** Subscribed from `position` on, with what it handed on, what it gave up, and how often it lost its trust. */
function follow(position: Position | null) {
  const seqs: number[] = []
  const resets: Position[] = []
  const faults: number[] = []
  const subscriptions = createSubscriptions({
    deliver: ({ seq }) => seqs.push(seq),
    reset: (_, at) => resets.push(at),
    broken: () => faults.push(seqs.length),
  })
  subscriptions.add({ [id]: position })
  const accept = (last_seq: number, recovered = true, log_epoch = 0) =>
    subscriptions.accept(id, { log_epoch, last_seq, recovered })
  const receive = (...events: EventFrame[]) => events.forEach((each) => void subscriptions.receive(each))
  return { subscriptions, seqs, resets, faults, accept, receive }
}

test('what was missed and what is new come once each, in order', () => {
  const { seqs, resets, faults, accept, receive } = follow({ log_epoch: 0, seq: 3 })
  receive(event(4), event(5))
  accept(5)
  receive(event(5), event(4), event(6))
  assert.deepEqual([seqs, resets, faults], [[4, 5, 6], [], []])
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

test('a hole is never passed over: the connection that made it is given up, and the next one goes on before it', () => {
  const { subscriptions, seqs, faults, accept, receive } = follow({ log_epoch: 0, seq: 3 })
  accept(3)
  receive(event(4), event(6))
  assert.deepEqual([seqs, faults], [[4], [1]])
  assert.deepEqual(subscriptions.list(), { [id]: { log_epoch: 0, seq: 4 } })
})

test('where less was replayed than the server says, that is told', () => {
  const { seqs, resets, accept, receive } = follow({ log_epoch: 0, seq: 3 })
  accept(6)
  receive(event(7))
  assert.deepEqual([seqs, resets], [[7], [{ log_epoch: 0, seq: 6 }]])
})

test('an event of another epoch, and one of a conversation that nobody follows, are not handed on', () => {
  const { subscriptions, seqs, faults, accept, receive } = follow({ log_epoch: 1, seq: 3 })
  accept(3, true, 1)
  receive(event(4, 2))
  assert.equal(faults.length, 1)
  subscriptions.remove(id)
  receive(event(4, 1))
  assert.deepEqual(seqs, [])
})
