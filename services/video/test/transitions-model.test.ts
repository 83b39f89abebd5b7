import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '@secureconnect/errors'
import type { CallWebhook } from '@secureconnect/protocol'
import { createRandom, type Random, scale } from '@secureconnect/test/helpers'
import { dropOverdue, end, expel, join, leave, noteBack, noteLines, noteRoomLost } from '../src/calls/attendance.ts'
import { type CallState, findInvite, isOver } from '../src/calls/call-state.ts'
import { accept, cancel, decline, stopRinging } from '../src/calls/ringing.ts'
import { listCallWebhooks, toReportWebhook } from '../src/webhooks/list-call-webhooks.ts'
import { assertToldWhole } from './assert-told-whole.ts'
import { after, device, ids, ring, statuses, terms } from './made-up-call.ts'

const people = ['ada', 'bob', 'cleo', 'dan', 'eve', 'fay', 'gus']

/** Something that may happen to a call; what is refused changes nothing. */
function happen(state: CallState, random: Random): CallState {
  const userId = random.pick(people)
  const person = device(userId, random.pick(['phone', 'laptop']))
  const { participant_id: participantId = '', connection = 0 } = random.pick([...state.participants, undefined]) ?? {}
  const seldom = (work: () => CallState) => () => (random.upTo(10) === 0 ? work() : state)
  const choices = [
    () => join(state, person, terms),
    () => join(state, person, terms),
    () => accept(state, person, terms),
    () => decline(state, person),
    () => leave(state, userId),
    () => noteBack(state, { participantId, sessionId: person.sessionId }),
    () => noteBack(state, { participantId, sessionId: person.sessionId }),
    () => noteLines(state, [{ participantId, connection, isHere: false }], terms.resumeMs),
    () => noteRoomLost(state, terms.resumeMs),
    () => dropOverdue(after(state, random.upTo(40_000))),
    () => stopRinging(after(state, random.upTo(20_000))),
    seldom(() => expel(state, [userId])),
    seldom(() => cancel(state, userId)),
    seldom(() => end(state, userId)),
  ]
  try {
    return random.pick(choices)()
  } catch (error) {
    if (error instanceof AppError) return state
    throw error
  }
}

const stays = ({ participants }: CallState) => new Set(participants.map(({ participant_id }) => participant_id))

/** What holds of a call whatever happened. */
function assertSound(before: CallState, now: CallState): void {
  const { call, invites, participants, left } = now
  const isLive = call.status === 'ringing' || call.status === 'active'
  assert.equal(call.ended_at === null, isLive)
  assert.equal(participants.length > 0, isLive, 'a call lives as long as somebody is in it')
  assert.equal(new Set(ids(now)).size, participants.length, 'nobody is in it twice')
  assert.ok(participants.length <= terms.maxParticipants)
  assert.equal(call.rings_until !== null, statuses(now).includes('ringing'))
  assert.equal(call.answered_at !== null, call.status === 'active' || call.status === 'ended')
  for (const { user_id, status } of before.invites) {
    if (status !== 'ringing') assert.equal(findInvite(now, user_id)?.status, status, 'an answer stays')
  }
  assert.equal(invites.length, before.invites.length)
  const gone = stays(before).difference(stays(now))
  const told = new Set(left.map(({ participant_id }) => participant_id))
  assert.deepEqual(gone.difference(told), new Set(), 'whoever is gone is told to have left')
  assert.deepEqual(told.intersection(stays(now)), new Set(), 'and nobody who is there')
}

/** A call of which nothing is told yet. */
function untold({ call, at }: CallState): CallState {
  return {
    call: { ...call, answered_at: null, ended_at: null },
    invites: [],
    participants: [],
    admissions: [],
    left: [],
    at,
  }
}

/** What webhooks tell of a change, beside what they told before. */
function tell(story: CallWebhook[], before: CallState, after: CallState): void {
  if (before === after) return
  const call = { ...before.call, version: story.length === 0 ? 1 : 2, webhooks_told: story.length }
  story.push(...listCallWebhooks({ before: { ...before, call }, after }))
}

test('whatever happens to calls in whatever order, each person is in one once, each call ends once, and webhooks tell it whole', () => {
  const random = createRandom(7)
  const endings = new Map<string, number>()
  let waiting = scale(1_000_000, 20_000)
  while (waiting > 0) {
    let state = ring(['bob', 'cleo', 'dan'], {
      busyIds: random.pick([[], [], ['dan'], ['bob', 'cleo', 'dan']]),
      isDirect: random.upTo(4) === 0,
    })
    const story: CallWebhook[] = []
    tell(story, untold(state), state)
    for (let step = 0; step < 60; step++) {
      waiting -= 1
      const before = after(state, random.upTo(2_000))
      const now = happen(before, random)
      if (isOver(before)) assert.equal(now.call, before.call, 'what is over stays as it is')
      else assertSound(before, now)
      tell(story, before, now)
      if (isOver(now) && !isOver(before)) endings.set(now.call.status, (endings.get(now.call.status) ?? 0) + 1)
      state = now
    }
    if (!isOver(state)) continue
    const call = { ...state.call, webhooks_told: story.length }
    story.push(toReportWebhook(call, { stays: [], left_out: 0, duration_seconds: null }, state.at))
    assertToldWhole(story)
  }
  for (const status of ['ended', 'missed', 'declined', 'cancelled']) assert.ok(endings.get(status), status)
})
