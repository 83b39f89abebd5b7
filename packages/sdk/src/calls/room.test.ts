import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RoomParticipant } from '@secureconnect/protocol'
import type { EnteredRoom } from './frames.ts'
import { Room } from './room.ts'

function describe(participant_id: string): RoomParticipant {
  return {
    participant_id,
    user_id: `user of ${participant_id}`,
    role: 'speaker',
    held_sources: [],
    hand_raised_at: null,
    joined_at: '2026-01-01T00:00:00.000Z',
    is_reconnecting: false,
    sources: [],
  }
}

/** Ada's room, in which Bob is. */
function enter(): Room {
  const room = new Room()
  // What else is told to who comes in, the room does not keep.
  room.enter({ own: describe('ada'), participants: [describe('bob')], waiting: [] } as unknown as EnteredRoom)
  return room
}

test('whose line is gone is seen to be away until he is back', () => {
  const room = enter()
  const isAway = () => room.participants.map(({ is_reconnecting }) => is_reconnecting)
  room.take({ type: 'participant.reconnecting', seq: 1, participant_id: 'bob' })
  assert.deepEqual(isAway(), [true])
  room.take({ type: 'participant.reconnecting', seq: 2, participant_id: 'nobody' })
  room.take({ type: 'participant.reconnected', seq: 3, participant_id: 'bob' })
  assert.deepEqual(isAway(), [false])
})

test('what is told of oneself is not taken for somebody else', () => {
  const room = enter()
  room.take({ type: 'participant.updated', seq: 1, participant: { ...describe('ada'), held_sources: ['mic'] } })
  assert.deepEqual(room.own?.held_sources, ['mic'])
  assert.equal(room.participants.length, 1)
})

test('who comes back finds who is there now, and nothing of before', () => {
  const room = enter()
  room.take({ type: 'quality', scores: [{ participant_id: 'bob', up: 5, down: 4 }] })
  room.enter({ own: describe('ada'), participants: [describe('cy')], waiting: [] } as unknown as EnteredRoom)
  assert.deepEqual(
    room.participants.map(({ participant_id }) => participant_id),
    ['cy'],
  )
  assert.equal(room.qualityOf('bob'), undefined)
})
