import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '@secureconnect/errors'
import type { CallWebhook } from '@secureconnect/protocol'
import { createRandom, type Random, scale } from '@secureconnect/test/helpers'
import { dropOverdue, end, expel, join, leave, noteBack, noteLines, noteRoomLost } from '../src/calls/attendance.ts'
import { type CallState, findAdmission, findInvite, isOver } from '../src/calls/call-state.ts'
import { admit, deny, dropUnanswered, setLobby } from '../src/calls/lobby.ts'
import { ban, kick, lock, setRole, unban } from '../src/calls/moderation.ts'
import { accept, cancel, decline, stopRinging } from '../src/calls/ringing.ts'
import type { ParticipantRow } from '../src/stores/participants.ts'
import { listCallWebhooks, toReportWebhook } from '../src/webhooks/list-call-webhooks.ts'
import { assertToldWhole } from './assert-told-whole.ts'
import { after, device, ids, ring, statuses, terms } from './made-up-call.ts'

const people = ['ada', 'bob', 'cleo', 'dan', 'eve', 'fay', 'gus']

/** The last stay of each who was in a call and left it. */
type Stays = ReadonlyMap<string, ParticipantRow>

/** Something that a moderator does, or somebody else tries. */
function moderate(state: CallState, { random, stays }: { random: Random; stays: Stays }): CallState {
  const moderators = state.participants.filter(({ role }) => role === 'host' || role === 'cohost')
  const by = random.pick([...moderators.map(({ user_id }) => user_id), random.pick(people)])
  const userId = random.pick(people)
  const choices = [
    () => kick(state, { by, userId }),
    () => ban(state, { by, userId, lastStay: stays.get(userId) }),
    () => unban(state, { by, userId }),
    () => lock(state, { by, isLocked: random.upTo(4) === 0 }),
    () => setLobby(state, { by, hasLobby: random.upTo(3) > 0 }),
    () => admit(state, { by, userId: random.pick([userId, 'all']) }),
    () => deny(state, { by, userId }),
    () => setRole(state, { by, userId, role: random.pick(['host', 'cohost', 'speaker', 'listener']) }),
  ]
  return random.pick(choices)()
}

/** Something that may happen to a call; what is refused changes nothing. */
function happen(state: CallState, random: Random, stays: Stays): CallState {
  const userId = random.pick(people)
  const person = { ...device(userId, random.pick(['phone', 'laptop'])), lastStay: stays.get(userId) }
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
    () => dropUnanswered(after(state, random.upTo(40_000))),
    () => moderate(state, { random, stays }),
    () => moderate(state, { random, stays }),
    () => moderate(state, { random, stays }),
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

/** Nobody comes past a ban, a lock or a lobby. */
function assertLetIn(before: CallState, now: CallState, past: Stays): void {
  const { call } = before
  for (const { user_id, participant_id } of [...now.participants, ...now.left]) {
    if (stays(before).has(participant_id)) continue
    const door = findAdmission(before, user_id)?.status
    const reason = past.get(user_id)?.left_reason ?? 'kicked'
    assert.notEqual(door, 'banned')
    if (user_id === call.caller_id) continue
    assert.ok(!call.is_locked, 'nobody comes into a locked call')
    assert.ok(
      !call.has_lobby || door === 'admitted' || !['kicked', 'banned', 'removed'].includes(reason),
      'who comes was let in, or in before',
    )
  }
}

/** What holds of a call whatever happened. */
function assertSound(before: CallState, now: CallState): void {
  const { call, invites, participants, admissions, left } = now
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
  for (const { user_id, status, waits_until } of admissions) {
    assert.equal(status === 'waiting', waits_until !== null)
    assert.ok(isLive || status !== 'waiting', 'nobody waits for what is over')
    assert.ok(!['waiting', 'banned'].includes(status) || !ids(now).includes(user_id), 'who is outside is not inside')
  }
  const has = (role: string) => participants.some((participant) => participant.role === role)
  if (call.status === 'active' && !call.is_direct) assert.ok(has('host') || !(has('cohost') || has('speaker')))
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
      ...random.pick([{}, {}, { isDirect: true }, { hasLobby: true }]),
    })
    const past = new Map<string, ParticipantRow>()
    const story: CallWebhook[] = []
    tell(story, untold(state), state)
    for (let step = 0; step < 60; step++) {
      waiting -= 1
      const before = after(state, random.upTo(2_000))
      const now = happen(before, random, past)
      assertLetIn(before, now, past)
      if (now !== before) for (const stay of now.left) past.set(stay.user_id, stay)
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
