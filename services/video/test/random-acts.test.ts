import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column, type Queries } from '@secureconnect/sql'
import { createRandom, type Random, scale } from '@secureconnect/test/helpers'
import { Type } from 'typebox'
import { assertExact, assertLetIn, watchDoors } from './assert-exact.ts'
import { assertToldWhole } from './assert-told-whole.ts'
import { startGround } from './ground.ts'
import { moderate, setRole } from './moderate.ts'
import { act, createCircle, initiate, type Person, type Video } from './test-video.ts'
import { type Answer, type Received, startReceiver } from './webhook-receiver.ts'

const acts = scale(10_000, 150)
const actsAtOnce = 10
const roundsPerKill = 25
const mostPeople = 5
const seed = 8

type At = Pick<Video, 'address'>
type Outcome = { status: number; code?: string | undefined }
type Scene = { at: At; person: Person; other: Person; callId: string; random: Random }

/** What people do with calls. */
const attending = ['join', 'join', 'join', 'accept', 'leave', 'decline', 'get'] as const
const attend = ({ at, person, callId, random }: Scene): Promise<Outcome> =>
  act(at, random.pick(attending), person, callId)

/** What moderators do there, and those who are none try to. */
const moderations: readonly ((scene: Scene) => Promise<Outcome>)[] = [
  ({ at, person, other, callId }) => moderate(at, 'kick', [person, callId], { user_id: other.userId }),
  ({ at, person, other, callId }) => moderate(at, 'kick', [person, callId], { user_id: other.userId, ban: true }),
  ({ at, person, other, callId }) => moderate(at, 'unban', [person, callId], { user_id: other.userId }),
  ({ at, person, callId, random }) => moderate(at, 'lock', [person, callId], { is_locked: random.upTo(3) === 0 }),
  ({ at, person, callId, random }) => moderate(at, 'lobby', [person, callId], { has_lobby: random.upTo(4) > 0 }),
  ({ at, person, callId }) => moderate(at, 'admit', [person, callId], { user_id: 'all' }),
  ({ at, person, other, callId }) => moderate(at, 'admit', [person, callId], { user_id: other.userId }),
  ({ at, person, other, callId }) => moderate(at, 'deny', [person, callId], { user_id: other.userId }),
  ({ at, person, other, callId, random }) =>
    setRole(at, [person, callId], other, random.pick(['cohost', 'speaker', 'listener'])),
  ({ at, person, callId }) => act(at, 'end', person, callId),
]

const Moderator = Type.Object({ user_id: column.id })

/** Who moderates a call now. */
async function listModerators({ sql }: { sql: Queries }, callId: string): Promise<string[]> {
  const rows = await sql.many(Moderator)`
    select user_id from call_participants
    where call_id = ${callId} and left_at is null and role in ('host', 'cohost')`
  return rows.map(({ user_id }) => user_id)
}

const Live = Type.Object({ call_id: column.id })
const findLive = ({ sql }: { sql: Queries }, conversationId: string) =>
  sql.maybeOne(Live)`select call_id from calls where conversation_id = ${conversationId} and ended_at is null`

/** What was told of each call, each webhook once however often it came. */
function storiesOf(received: readonly Received[]) {
  const first = new Map(received.map(({ id, webhook }) => [id, webhook]))
  return Map.groupBy(first.values(), ({ data }) => data.call.call_id)
}

const refusals: readonly Answer[] = [{ status: 500 }, { status: 302 }]

test(`after ${acts} acts at once at processes that are killed everybody is in a call once, nobody is past a ban, a lock or a lobby, and webhooks tell each call whole`, async (t) => {
  const receiver = await startReceiver(t)
  const ground = await startGround(t, { MAX_CALL_PARTICIPANTS: String(mostPeople), ...receiver.env })
  const random = createRandom(seed)
  receiver.answer = () => (random.upTo(50) === 0 ? random.pick(refusals) : { status: 204 })
  const looking = await ground.here()
  const { context } = looking
  await watchDoors(context.sql)
  const { people, conversationId } = await createCircle(looking, 8)
  const [caller] = people
  let dying = await ground.spawn()
  let callId = ''
  let moderators: readonly Person[] = []
  const calls = new Set<string>()
  const done = new Map<string, number>()
  let tooBusy = 0

  const begin = async () => {
    const who = random.upTo(2) === 0 ? caller : random.pick(people)
    await initiate(looking, who, { conversation_id: conversationId, has_lobby: random.upTo(3) === 0 })
    callId = (await findLive(context, conversationId))?.call_id ?? callId
    calls.add(callId)
  }
  const operate = async () => {
    const isModerating = random.upTo(5) < 2
    const person = random.pick(isModerating && random.upTo(4) > 0 ? [...moderators, caller] : people)
    const scene = { at: random.pick([looking, dying]), person, other: random.pick(people), callId, random }
    const { status, code } = await (isModerating ? random.pick(moderations)(scene) : attend(scene))
    // On a machine with too much to do it may take too long.
    const isTooBusy = status === 503 || status === 504
    assert.ok(status < 500 || isTooBusy, code)
    if (isTooBusy) tooBusy += 1
    done.set(code ?? String(status), (done.get(code ?? String(status)) ?? 0) + 1)
    if (code === 'CALL_ENDED' || random.upTo(100) === 0) await begin()
  }

  await begin()
  for (let round = 0; round * actsAtOnce < acts; round += 1) {
    const ids = await listModerators(context, callId)
    moderators = people.filter(({ userId }) => ids.includes(userId))
    const killed = round % roundsPerKill === roundsPerKill - 15 ? dying : undefined
    const work = Array.from({ length: actsAtOnce }, () =>
      // Whoever was answered by a process that is killed hears nothing.
      operate().catch((error) => assert.ok(error instanceof TypeError, error)),
    )
    killed?.child.kill('SIGKILL')
    await Promise.all(work)
    if (killed) dying = await ground.spawn()
    await assertExact(context.sql, { conversationId, mostPeople })
  }
  await assertLetIn(context.sql)
  assert.ok(tooBusy < acts / 20, `${tooBusy} acts were not carried out`)

  for (const person of people) await act(looking, 'leave', person, callId)
  receiver.answer = () => ({ status: 204 })
  // Stands for the time in which the leases of dead processes run out, and for the pauses between attempts.
  await context.sql.execute`update outbox set lease_until = now(), due_at = now() where topic = 'call_webhook'`
  const isTold = (id: string) => storiesOf(receiver.received).get(id)?.at(-1)?.type === 'call.report'
  await receiver.until(() => [...calls].every(isTold))
  const stories = storiesOf(receiver.received)
  for (const story of stories.values()) assertToldWhole(story)
  const told = [...stories.values()].reduce((sum, { length }) => sum + length, 0)
  t.diagnostic(`${calls.size} calls, ${told} webhooks, ${JSON.stringify(Object.fromEntries(done))}`)
})
