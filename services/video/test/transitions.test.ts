import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { AppError } from '@secureconnect/errors'
import type { CallStatus } from '@secureconnect/protocol'
import { dropOverdue, end, expel, join, leave, noteBack, noteLines, noteRoomLost } from '../src/calls/attendance.ts'
import { type CallState, isOver, parseCallState } from '../src/calls/call-state.ts'
import { accept, cancel, decline, stopRinging } from '../src/calls/ringing.ts'
import { after, device, ids, ring, ringMs, statuses, terms } from './made-up-call.ts'

function assertRefused(work: () => unknown, code: string): void {
  assert.throws(work, (error) => error instanceof AppError && error.code === code)
}

suite('a call', () => {
  test('is answered by one device of each callee, each for himself', () => {
    const rung = ring(['bob', 'cleo'])
    const answered = accept(rung, device('bob'), terms)
    assert.deepEqual([answered.call.status, statuses(answered)], ['active', ['accepted', 'ringing']])
    assertRefused(() => accept(answered, device('bob', 'laptop'), terms), 'ALREADY_ANSWERED')
    assert.equal(accept(answered, device('bob'), terms), answered, 'the same device may ask again')
    const both = accept(answered, device('cleo'), terms)
    assert.deepEqual(ids(both), ['ada', 'bob', 'cleo'])
    assert.equal(both.call.rings_until, null)
  })

  test('is active as soon as anybody has come, and declined, busy or missed where nobody does', () => {
    const endings: [CallState, CallStatus][] = [
      [decline(decline(ring(['bob', 'cleo']), device('bob')), device('cleo')), 'declined'],
      [decline(ring(['bob', 'cleo'], { busyIds: ['cleo'] }), device('bob')), 'declined'],
      [ring(['bob', 'cleo'], { busyIds: ['bob', 'cleo'] }), 'busy'],
      [stopRinging(after(ring(['bob', 'cleo'], { busyIds: ['cleo'] }), ringMs)), 'busy'],
      [stopRinging(after(ring(['bob', 'cleo']), ringMs)), 'missed'],
      [cancel(ring(['bob']), 'ada'), 'cancelled'],
      [leave(ring(['bob']), 'ada'), 'cancelled'],
      [end(ring(['bob']), 'ada'), 'cancelled'],
      [expel(ring(['bob']), ['bob']), 'cancelled'],
    ]
    for (const [state, status] of endings) {
      assert.equal(state.call.status, status)
      assert.ok(isOver(state) && state.participants.length === 0 && !statuses(state).includes('ringing'))
      for (const enter of [accept, join]) assertRefused(() => enter(state, device('bob'), terms), 'CALL_ENDED')
    }
    assert.equal(join(ring(['bob']), device('stan'), terms).call.status, 'active')
  })

  test('rings no longer and no shorter than it is to', () => {
    const rung = ring(['bob'])
    assert.equal(stopRinging(after(rung, ringMs - 1)).call.status, 'ringing')
    const late = stopRinging(after(accept(ring(['bob', 'cleo']), device('bob'), terms), ringMs))
    assert.deepEqual(
      [late.call.status, statuses(late), late.call.rings_until],
      ['active', ['accepted', 'missed'], null],
    )
    assert.equal(join(late, device('cleo'), terms).participants.length, 3, 'who missed it may come late')
  })

  test('ends for two with the first who leaves, and for more with the last', () => {
    const two = leave(accept(ring(['bob'], { isDirect: true }), device('bob'), terms), 'bob')
    assert.deepEqual([two.call.status, two.call.end_reason], ['ended', 'left'])
    const group = leave(accept(ring(['bob', 'cleo']), device('bob'), terms), 'ada')
    assert.deepEqual([group.call.status, ids(group)], ['active', ['bob']])
    const over = leave(group, 'bob')
    assert.deepEqual([over.call.status, statuses(over)], ['ended', ['accepted', 'cancelled']])
    assert.equal(leave(over, 'bob'), over)
  })

  test('is ended by who called, by a host and by the last one, and by nobody else', () => {
    const group = join(accept(ring(['bob', 'cleo']), device('bob'), terms), device('cleo'), terms)
    assertRefused(() => end(group, 'bob'), 'FORBIDDEN')
    assertRefused(() => end(group, 'eve'), 'FORBIDDEN')
    const callerGone = leave(group, 'ada')
    assert.equal(end(callerGone, 'ada').call.status, 'ended')
    const last = leave(callerGone, 'cleo')
    assert.deepEqual([end(last, 'bob').call.end_reason, end(last, 'bob').call.ended_by], ['ended', 'bob'])
    assertRefused(() => cancel(group, 'ada'), 'ALREADY_ANSWERED')
    assertRefused(() => cancel(ring(['bob']), 'bob'), 'FORBIDDEN')
    assertRefused(() => decline(ring(['bob']), device('stan')), 'FORBIDDEN')
    assertRefused(() => decline(group, device('bob')), 'ALREADY_ANSWERED')
  })

  test('keeps a place for who comes back in time, and tells who does not from who left', () => {
    const joined = accept(ring(['bob', 'cleo']), device('bob'), terms)
    const [, bob] = joined.participants
    assert.ok(bob)
    const { participant_id: participantId } = bob
    const connected = noteBack(joined, { participantId, sessionId: 'laptop' })
    assert.deepEqual([connected.participants[1]?.connection, connected.participants[1]?.resume_until], [1, null])
    const stale = noteLines(connected, [{ participantId, connection: 0, isHere: false }], terms.resumeMs)
    assert.equal(stale, connected, 'an older connection has no say')
    const away = noteLines(connected, [{ participantId, connection: 1, isHere: false }], terms.resumeMs)
    assert.equal(dropOverdue(after(away, terms.resumeMs - 1)).participants.length, 2)
    const back = noteBack(after(away, terms.resumeMs - 1), { participantId, sessionId: 'phone' })
    assert.equal(back.participants[1]?.participant_id, participantId)
    const lost = dropOverdue(after(away, terms.resumeMs))
    assert.deepEqual([lost.left[0]?.left_reason, ids(lost)], ['lost', ['ada']])
    assert.equal(noteBack(lost, { participantId, sessionId: 'phone' }), lost, 'who was lost does not come back')
  })

  test('ends as lost to a restart where nobody came back after one, and goes on where somebody did', () => {
    const joined = accept(ring(['bob'], { isDirect: true }), device('bob'), terms)
    const back = (state: CallState, place: number) =>
      noteBack(state, { participantId: state.participants[place]?.participant_id ?? '', sessionId: 'phone' })
    const connected = back(back(joined, 0), 1)
    const lost = noteRoomLost(connected, terms.resumeMs)
    assert.equal(noteRoomLost(lost, terms.resumeMs), lost)
    const over = dropOverdue(after(lost, terms.resumeMs))
    assert.deepEqual([over.call.status, over.call.end_reason], ['ended', 'server_restart'])
    const recovered = back(back(after(lost, 1), 0), 1)
    assert.equal(recovered.call.recovering_since, null)
    assert.equal(dropOverdue(after(recovered, terms.resumeMs)).call.status, 'active')
  })

  test('holds so many people and no more', () => {
    let state = ring(['bob'])
    for (const userId of ['bob', 'cleo', 'dan', 'eve']) state = join(state, device(userId), terms)
    assertRefused(() => join(state, device('fay'), terms), 'CALL_FULL')
    assert.equal(ids(join(state, device('eve', 'laptop'), terms)).length, 5, 'another device is nobody else')
  })

  test('is read from its copy as it was written', () => {
    const state = accept(ring(['bob', 'cleo']), device('bob'), terms)
    assert.deepEqual(parseCallState(JSON.stringify(state)), state)
    assert.equal(parseCallState('{"call":{}}'), undefined)
  })
})
