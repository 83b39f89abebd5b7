import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { suite, type TestContext, test } from 'node:test'
import { callEventTopic } from '@secureconnect/directory'
import { column } from '@secureconnect/sql'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { createRandom, ServiceProcess, scale, until } from '@secureconnect/test/helpers'
import { mediaWorker } from '@secureconnect/test/stack'
import { Type } from 'typebox'
import {
  act,
  createCircle,
  createServerEnv,
  initiate,
  isMediaReady,
  onServers,
  type Person,
  startVideoOn,
  type Video,
} from './test-video.ts'

/** Processes of video-service on one database: one here, and others that can be killed. */
async function startGround(t: TestContext, settings: Readonly<Record<string, string>>) {
  const database = await createMigratedDatabase(t)
  const secret = randomBytes(32).toString('base64url')
  const env = { PORT: '0', DRAIN_SECONDS: '0', SHED_LOAD: 'false', JWT_SECRET: secret, ...settings }
  const here = () => onServers(database).then((platform) => startVideoOn(t, platform, env))
  const spawn = async () => {
    const own = { ...(await createServerEnv(database)), ...env, MEDIASOUP_WORKER_BIN: await mediaWorker() }
    const started = new ServiceProcess('video-service', own)
    t.after(() => started.child.kill('SIGKILL'))
    await Promise.all([started.listening(), started.line(isMediaReady)])
    return started
  }
  return { here, spawn }
}

const Told = Type.Object({ kind: column.text, count: column.integer })

/** What was told of a call: to the log of its conversation, and to the sockets of people. */
async function listTold({ context: { sql } }: Video, callId: string) {
  const told = await sql.many(Told)`
    select payload ->> 'kind' as kind, count(*) as count from outbox
    where topic = ${callEventTopic} and payload -> 'data' ->> 'call_id' = ${callId} group by 1
    union all
    select (frame ->> 'type') || ' ' || coalesce(frame ->> 'reason', '') as kind, count(*) as count from user_frames
    where frame ->> 'call_id' = ${callId} group by 1 order by kind`
  return Object.fromEntries(told.map(({ kind, count }) => [kind.trim(), count]))
}

suite('several processes', () => {
  test('ringing ends once, also where the process that began it was killed and several look after it', async (t) => {
    const ground = await startGround(t, { CALL_RING_MS: '1500' })
    const dying = await ground.spawn()
    const looking = await ground.here()
    const { people, conversationId } = await createCircle(looking, 3)
    const [ada, bob] = people
    const { status, data } = await initiate(dying, ada, { conversation_id: conversationId })
    assert.deepEqual([status, data.status], [201, 'ringing'])
    dying.child.kill('SIGKILL')
    await dying.ended
    const others = [await ground.here(), await ground.here()]
    await until('the ringing is over', async () => {
      return (await act(looking, 'get', bob, data.call_id)).data.status === 'missed'
    })
    for (const video of others) assert.equal((await act(video, 'get', bob, data.call_id)).data.version, 3)
    assert.deepEqual(await listTold(looking, data.call_id), {
      'call.started': 1,
      'call.ended': 1,
      'call.ringing': 2,
      'call.stopped missed': 2,
    })
    assert.equal((await act(looking, 'accept', bob, data.call_id)).code, 'CALL_ENDED')
  })

  test('of devices that answer at two processes at once one wins', async (t) => {
    const ground = await startGround(t, {})
    const [here, there] = [await ground.here(), await ground.here()]
    for (let round = 0; round < scale(100, 5); round++) {
      const { people, conversationId } = await createCircle(here, 2)
      const [ada, bob] = people
      const { data } = await initiate(there, ada, { conversation_id: conversationId })
      const tablet = { ...bob, token: here.mint({ ...bob, sessionId: bob.userId }) }
      const answers = await Promise.all([
        act(here, 'accept', bob, data.call_id),
        act(there, 'accept', tablet, data.call_id),
      ])
      assert.deepEqual(answers.map(({ code }) => code ?? 'won').sort(), ['ALREADY_ANSWERED', 'won'])
      const { 'call.stopped accepted': stopped } = await listTold(here, data.call_id)
      assert.equal(stopped, 1)
    }
  })

  test('whatever people do at once at processes that are killed, each is in a call once, and what is counted is there', async (t) => {
    const ground = await startGround(t, { MAX_CALL_PARTICIPANTS: '5' })
    const looking = await ground.here()
    const { people, conversationId } = await createCircle(looking, 5)
    const more = await createCircle(looking, 3)
    const everybody: Person[] = [...people, ...more.people.slice(0, 3)]
    const { sql } = looking.context
    await sql.execute`
      insert into members (conversation_id, user_id, role, visible_from)
      select ${conversationId}, user_id, 'member', 1 from unnest(${more.people.slice(0, 3).map(({ userId }) => userId)}::uuid[]) as user_id`
    const random = createRandom(8)
    let dying = await ground.spawn()
    let callId = ''
    const Live = Type.Object({ call_id: column.id })
    const operate = async () => {
      const person = random.pick(everybody)
      const video = random.pick([looking, dying])
      const action = random.pick(['join', 'join', 'accept', 'leave', 'leave', 'decline', 'get'] as const)
      const { status, code } = await act(video, action, person, callId)
      assert.ok(status < 500, `${action} answered ${code}`)
      if (code === 'CALL_ENDED') await begin()
    }
    const begin = async () => {
      await initiate(looking, random.pick(everybody), { conversation_id: conversationId })
      callId =
        (
          await sql.maybeOne(Live)`
        select call_id from calls where conversation_id = ${conversationId} and ended_at is null`
        )?.call_id ?? callId
    }
    await begin()
    const rounds = scale(1_000, 12)
    for (let round = 0; round < rounds; round++) {
      const killed = round % 25 === 10 ? dying : undefined
      const work = Array.from({ length: 10 }, () =>
        // Whoever was answered by a process that is killed hears nothing.
        operate().catch((error) => assert.ok(error instanceof TypeError, error)),
      )
      killed?.child.kill('SIGKILL')
      await Promise.all(work)
      if (killed) dying = await ground.spawn()
      await assertExact(looking, conversationId)
    }
  })
})

const Fault = Type.Object({ call_id: column.id, fault: column.text })

/** What holds of all calls of a conversation, as the database has them. */
async function assertExact({ context: { sql } }: Video, conversationId: string): Promise<void> {
  const faults = await sql.many(Fault)`
    with counted as (
      select calls.*,
        (select count(*) from call_participants person where person.call_id = calls.call_id and left_at is null) as present,
        (select count(distinct user_id) from call_participants person
          where person.call_id = calls.call_id and left_at is null) as people,
        (select count(*) from call_invites invite
          where invite.call_id = calls.call_id and invite.status = 'ringing') as ringing,
        (select count(*) from outbox where topic = ${callEventTopic} and payload ->> 'kind' = 'call.ended'
          and payload -> 'data' ->> 'call_id' = calls.call_id::text) as endings
      from calls where conversation_id = ${conversationId}
    )
    select call_id, 'somebody is there twice' as fault from counted where present <> people
    union all select call_id, 'a call lives without people' from counted where ended_at is null and present = 0
    union all select call_id, 'a call that is over has people' from counted where ended_at is not null and present > 0
    union all select call_id, 'too many are there' from counted where present > 5
    union all select call_id, 'it rings and it does not' from counted where (rings_until is not null) <> (ringing > 0)
    union all select call_id, 'its end was not told once' from counted where endings <> (ended_at is not null)::integer`
  assert.deepEqual(faults, [])
}
