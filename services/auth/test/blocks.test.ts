import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { limits } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { suiteScope } from '@secureconnect/test/helpers'
import { type Auth, ask, engines, registerPerson, startAuth } from './test-auth.ts'

type Person = Awaited<ReturnType<typeof registerPerson>>

for (const engine of engines) {
  describe(`blocks on ${engine}`, () => {
    let auth: Auth
    const suite = suiteScope()
    before(async () => {
      auth = await startAuth(suite, engine)
    })
    const send = ({ access_token: token }: Person, method: string, path: string, body?: unknown) =>
      ask(`${auth.address}/v1/users/${path}`, { method, token, body })
    const idOf = ({ user }: Person) => user.user_id
    const block = (by: Person, whom: Person, body: unknown = {}) => send(by, 'POST', `${idOf(whom)}/block`, body)
    const unblock = (by: Person, whom: Person) => send(by, 'DELETE', `${idOf(whom)}/block`)
    const request = (from: Person, to: Person) => send(from, 'POST', `${idOf(to)}/friend`)
    const accept = (by: Person, from: Person) => send(by, 'POST', `me/friends/${idOf(from)}/accept`)
    const list = async (of: Person) => (await send(of, 'GET', 'me/blocked')).data
    const pair = async (): Promise<[Person, Person]> => [await registerPerson(auth), await registerPerson(auth)]

    test('a block ends the friendship and keeps both from asking, until it is lifted', async () => {
      const [ada, bob] = await pair()
      await request(ada, bob)
      await accept(bob, ada)
      assert.equal((await block(ada, bob, { reason: 'pushy' })).status, 201)
      for (const [one, other] of [
        [ada, bob],
        [bob, ada],
      ] as const) {
        assert.deepEqual((await send(one, 'GET', 'me/friends')).data.friends, [])
        const refused = await request(one, other)
        assert.deepEqual([refused.status, refused.code], [403, 'BLOCKED'])
      }
      assert.ok(
        auth.lines.some((line) => line.stream === 'audit' && line.reason === 'BLOCKED' && line.user_id === idOf(bob)),
      )
      assert.equal((await unblock(ada, bob)).status, 200)
      assert.equal((await request(bob, ada)).data.state, 'requested')
    })

    test('a block takes open requests with it, in both directions', async () => {
      const [ada, bob] = await pair()
      const eve = await registerPerson(auth)
      await request(ada, bob)
      await request(eve, ada)
      await block(ada, bob)
      await block(ada, eve)
      assert.deepEqual((await send(ada, 'GET', 'me/friends/requests')).data.requests, [])
      assert.equal((await accept(bob, ada)).code, 'NOT_FOUND')
      assert.equal((await accept(ada, eve)).code, 'NOT_FOUND')
    })

    test('requests and blocks at the same moment never leave a request beside a block', async () => {
      const { sql } = auth.context
      for (let round = 0; round < 5; round++) {
        const [ada, bob] = await pair()
        await Promise.all([request(bob, ada), block(ada, bob), request(bob, ada), request(ada, bob)])
        const left = await sql.execute`delete from friendships where asked_by in (${idOf(ada)}, ${idOf(bob)})`
        assert.equal(left, 0)
      }
    })

    test('who is blocked is listed to the blocker alone, with the reason; twice is once', async () => {
      const [ada, bob] = await pair()
      await block(ada, bob, { reason: 'first reason' })
      await block(ada, bob)
      const {
        blocked_users: [blocked = assert.fail(), ...others],
        ...end
      } = await list(ada)
      assert.deepEqual(
        [blocked.user_id, blocked.reason, others, end],
        [idOf(bob), 'first reason', [], { next_cursor: null, has_more: false }],
      )
      assert.ok(Math.abs(Date.parse(blocked.blocked_at) - Date.now()) < 10_000)
      assert.deepEqual((await list(bob)).blocked_users, [])
      for (const _ of [1, 2]) assert.equal((await unblock(ada, bob)).status, 200)
      assert.deepEqual((await list(ada)).blocked_users, [])
    })

    test('both may block each other, and each lifts only his own', async () => {
      const [ada, bob] = await pair()
      await Promise.all([block(ada, bob), block(bob, ada)])
      await unblock(ada, bob)
      assert.equal((await request(ada, bob)).code, 'BLOCKED')
      assert.equal((await list(bob)).blocked_users.length, 1)
    })

    test('blocks come in pages and have a limit', async () => {
      const [ada, bob] = await pair()
      const { sql } = auth.context
      await sql.execute`
        insert into users (user_id, email, email_key, username, username_key, display_name, password_hash, pepper_id)
        select gen_random_uuid(), name, name, name, name, name, '', ''
        from (select 'blocked-' || n as name from generate_series(1, ${limits.blocksPerUser}::integer) as n) as named`
      await sql.execute`
        insert into blocks (user_id, blocked_id)
        select ${idOf(ada)}, user_id from users where username like 'blocked-%'`
      assert.equal((await block(ada, bob)).code, 'LIMIT_REACHED')
      const first = (await send(ada, 'GET', 'me/blocked?limit=100')).data
      const second = (await send(ada, 'GET', `me/blocked?limit=100&cursor=${first.next_cursor}`)).data
      const ids = [...first.blocked_users, ...second.blocked_users].map((user: { user_id: string }) => user.user_id)
      assert.equal(new Set(ids).size, 200)
    })

    test('what a block may not hold is refused', async () => {
      const [ada, bob] = await pair()
      const faults = [
        { reason: 'no' },
        { reason: 'x'.repeat(501) },
        { reason: 'x'.repeat(10_000) },
        { reason: 'a\u0000bcd' },
        { reason: 'a\nbcd' },
        { reason: 7 },
        { reason: null },
        { why: 'because' },
        { user_id: idOf(bob) },
        [],
        'text',
      ]
      for (const body of faults) assert.equal((await block(ada, bob, body)).status, 400, JSON.stringify(body))
      assert.equal((await block(ada, ada)).status, 400)
      assert.equal((await send(ada, 'POST', `${newId()}/block`, {})).code, 'USER_NOT_FOUND')
      for (const reason of ['ünïcödé 🚫', "'; drop table blocks; --", '%_\\']) {
        await block(ada, bob, { reason })
        assert.equal((await list(ada)).blocked_users[0].reason, reason)
      }
      assert.equal((await send(ada, 'GET', 'me/blocked?cursor=%00')).status, 400)
    })
  })
}
