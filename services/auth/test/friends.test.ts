import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { limits } from '@secureconnect/protocol'
import { column, newId } from '@secureconnect/sql'
import { suiteScope } from '@secureconnect/test/helpers'
import { Type } from 'typebox'
import { type Auth, ask, engines, registerPerson, startAuth } from './test-auth.ts'

type Person = Awaited<ReturnType<typeof registerPerson>>
const Count = Type.Object({ count: column.integer })

for (const engine of engines) {
  describe(`friends on ${engine}`, () => {
    let auth: Auth
    const suite = suiteScope()
    before(async () => {
      auth = await startAuth(suite, engine)
    })
    const send = ({ access_token: token }: Person, method: string, path: string) =>
      ask(`${auth.address}/v1/users/${path}`, { method, token })
    const idOf = ({ user }: Person) => user.user_id
    const request = (from: Person, to: Person) => send(from, 'POST', `${idOf(to)}/friend`)
    const accept = (by: Person, from: Person) => send(by, 'POST', `me/friends/${idOf(from)}/accept`)
    const reject = (by: Person, from: Person) => send(by, 'DELETE', `me/friends/${idOf(from)}/reject`)
    const remove = (by: Person, other: Person) => send(by, 'DELETE', `me/friends/${idOf(other)}`)
    const listIds = async (of: Person, path: string, key: string): Promise<string[]> =>
      (await send(of, 'GET', path)).data[key].map((item: { user_id: string }) => item.user_id)
    const friends = (of: Person) => listIds(of, 'me/friends', 'friends')
    const incoming = (of: Person) => listIds(of, 'me/friends/requests?direction=in', 'requests')
    const outgoing = (of: Person) => listIds(of, 'me/friends/requests?direction=out', 'requests')
    const pair = async (): Promise<[Person, Person]> => [await registerPerson(auth), await registerPerson(auth)]

    async function countRows(a: Person, b: Person): Promise<number> {
      const [low, high] = [idOf(a), idOf(b)].toSorted()
      const { count } = await auth.context.sql.one(Count)`
        select count(*) as count from friendships where low_id = ${low ?? ''} and high_id = ${high ?? ''}`
      return count
    }

    /** Puts strangers into the database who stand to a person as told. */
    async function addRelations(of: Person, count: number, askedByOther: boolean, state: string): Promise<void> {
      const { sql } = auth.context
      const prefix = newId().slice(-12)
      await sql.execute`
        insert into users (user_id, email, email_key, username, username_key, display_name, password_hash, pepper_id)
        select gen_random_uuid(), name, name, name, name, name, '', ''
        from (select ${prefix} || '-' || n as name from generate_series(1, ${count}::integer) as n) as named`
      await sql.execute`
        insert into friendships (low_id, high_id, state, asked_by, request_id)
        select least(user_id, ${idOf(of)}::uuid), greatest(user_id, ${idOf(of)}::uuid), ${state},
          case when ${askedByOther}::boolean then user_id else ${idOf(of)}::uuid end, gen_random_uuid()
        from users where username like ${`${prefix}-%`}`
    }

    test('one asks, the other sees it and accepts, and both are friends', async () => {
      const [ada, bob] = await pair()
      const asked = await request(ada, bob)
      assert.deepEqual([asked.status, asked.data], [201, { user_id: idOf(bob), state: 'requested' }])
      assert.deepEqual(await outgoing(ada), [idOf(bob)])
      assert.deepEqual(await incoming(bob), [idOf(ada)])
      assert.deepEqual([await incoming(ada), await outgoing(bob), await friends(ada)], [[], [], []])
      const accepted = await accept(bob, ada)
      assert.deepEqual([accepted.status, accepted.data], [200, { user_id: idOf(ada), state: 'friends' }])
      assert.deepEqual(await friends(ada), [idOf(bob)])
      assert.deepEqual(await friends(bob), [idOf(ada)])
      assert.deepEqual([await outgoing(ada), await incoming(bob)], [[], []])
      const { data, text } = await send(ada, 'GET', 'me/friends')
      assert.ok(Math.abs(Date.parse(data.friends[0].friends_since) - Date.now()) < 10_000)
      assert.doesNotMatch(text, /email|role/)
    })

    test('asking and accepting twice changes nothing', async () => {
      const [ada, bob] = await pair()
      for (const _ of [1, 2]) assert.equal((await request(ada, bob)).data.state, 'requested')
      for (const _ of [1, 2]) assert.equal((await accept(bob, ada)).status, 200)
      assert.equal((await request(ada, bob)).data.state, 'friends')
      assert.equal(await countRows(ada, bob), 1)
    })

    test('only who was asked can accept or reject', async () => {
      const [ada, bob] = await pair()
      const eve = await registerPerson(auth)
      await request(ada, bob)
      for (const answer of [accept, reject]) {
        const own = await answer(ada, bob)
        assert.deepEqual([own.status, own.code], [403, 'FORBIDDEN'])
        const foreign = await answer(eve, ada)
        assert.deepEqual([foreign.status, foreign.code], [404, 'NOT_FOUND'])
      }
      assert.deepEqual(await friends(ada), [])
    })

    test('who was rejected asks again after seven days and no sooner; the other may ask at once', async () => {
      const { sql } = auth.context
      const [ada, bob] = await pair()
      await request(ada, bob)
      for (const _ of [1, 2]) assert.equal((await reject(bob, ada)).data.state, 'rejected')
      assert.deepEqual([await incoming(bob), await outgoing(ada)], [[], []])
      // Neither taking the request back nor being blocked for a while gets round the wait.
      await remove(ada, bob)
      await ask(`${auth.address}/v1/users/${idOf(ada)}/block`, { body: {}, token: bob.access_token })
      await send(bob, 'DELETE', `${idOf(ada)}/block`)
      const early = await request(ada, bob)
      assert.deepEqual([early.status, early.code], [409, 'CONFLICT'])
      await sql.execute`
        update friendships set changed_at = changed_at - interval '7 days' + interval '5 seconds' where asked_by = ${idOf(ada)}`
      assert.equal((await request(ada, bob)).status, 409)
      await sql.execute`update friendships set changed_at = changed_at - interval '6 seconds' where asked_by = ${idOf(ada)}`
      assert.equal((await request(ada, bob)).data.state, 'requested')
      await reject(bob, ada)
      assert.equal((await request(bob, ada)).data.state, 'requested')
      assert.equal((await accept(ada, bob)).status, 200)
    })

    test('requests that cross make friends, also when they come at the same moment', async () => {
      const [ada, bob] = await pair()
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => (index % 2 ? request(ada, bob) : request(bob, ada))),
      )
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201])
      assert.equal(await countRows(ada, bob), 1)
      assert.deepEqual(await friends(ada), [idOf(bob)])
      assert.deepEqual(await friends(bob), [idOf(ada)])
    })

    test('many accepts, rejections and a withdrawal at the same moment have one outcome that both see', async () => {
      const [ada, bob] = await pair()
      await request(ada, bob)
      await Promise.all([accept(bob, ada), reject(bob, ada), remove(ada, bob), accept(bob, ada), reject(bob, ada)])
      assert.ok((await countRows(ada, bob)) <= 1)
      assert.equal((await friends(ada)).length, (await friends(bob)).length)
      assert.deepEqual(await outgoing(ada), [])
    })

    test('a friendship ends for both, an own request is taken back, and to remove nobody is fine', async () => {
      const [ada, bob] = await pair()
      await request(ada, bob)
      await remove(bob, ada)
      assert.deepEqual(await incoming(bob), [idOf(ada)])
      await remove(ada, bob)
      assert.deepEqual(await incoming(bob), [])
      await request(ada, bob)
      await accept(bob, ada)
      for (const _ of [1, 2]) assert.equal((await remove(bob, ada)).status, 200)
      assert.deepEqual([await friends(ada), await friends(bob)], [[], []])
      assert.equal((await request(ada, bob)).data.state, 'requested')
    })

    test('nobody befriends himself, an unknown account or one that is being erased', async () => {
      const [ada, bob] = await pair()
      await auth.context.sql.execute`update users set erasing_at = now() where user_id = ${idOf(bob)}`
      for (const act of [request, accept, reject]) {
        assert.deepEqual([(await act(ada, ada)).status, (await act(ada, bob)).code], [400, 'USER_NOT_FOUND'])
      }
      assert.equal((await send(ada, 'POST', `${newId()}/friend`)).code, 'USER_NOT_FOUND')
      for (const path of ['x/friend', `${'9'.repeat(10_000)}/friend`, '%27%3B--/friend', 'me/friends/x/accept']) {
        assert.ok([400, 404, 414, 431].includes((await send(ada, 'POST', path)).status), path.slice(0, 40))
      }
    })

    test('lists come in pages, and those of somebody without friends are empty', async () => {
      const ada = await registerPerson(auth)
      const nothing = { next_cursor: null, has_more: false }
      assert.deepEqual((await send(ada, 'GET', 'me/friends')).data, { friends: [], ...nothing })
      assert.deepEqual((await send(ada, 'GET', 'me/friends/requests')).data, { requests: [], ...nothing })
      await addRelations(ada, 5, true, 'friends')
      await addRelations(ada, 5, true, 'requested')
      for (const [path, key] of [
        ['me/friends', 'friends'],
        ['me/friends/requests', 'requests'],
      ] as const) {
        const ids: string[] = []
        let cursor = ''
        for (let page = 0; page < 3; page++) {
          const { data } = await send(ada, 'GET', `${path}?limit=2${cursor}`)
          ids.push(...data[key].map((item: { user_id: string }) => item.user_id))
          assert.equal(data.has_more, page < 2)
          cursor = `&cursor=${data.next_cursor}`
        }
        assert.deepEqual([ids.length, new Set(ids).size], [5, 5])
        assert.equal((await send(ada, 'GET', `${path}?cursor=eHg`)).code, 'INVALID_CURSOR')
        assert.equal((await send(ada, 'GET', `${path}?order=asc`)).status, 400)
      }
      assert.equal((await send(ada, 'GET', 'me/friends/requests?direction=up')).status, 400)
    })

    test('who is asked is to be notified of it, once; asking again or answering tells nobody more', async () => {
      const [ada, bob] = await pair()
      await request(ada, bob)
      await request(ada, bob)
      await accept(bob, ada)
      const Waiting = Type.Object({ payload: Type.Unknown() })
      const waiting = await auth.context.sql.many(Waiting)`
        select payload from outbox where topic = 'notification' and payload ->> 'user_id' in (${idOf(ada)}, ${idOf(bob)})`
      assert.deepEqual(
        waiting.map(({ payload }) => payload),
        [{ kind: 'friend_request', user_id: idOf(bob), actor_id: idOf(ada) }],
      )
    })

    test('friends and open requests have their limits, also when asked for in parallel', async () => {
      const [ada, bob] = await pair()
      await addRelations(ada, limits.friendRequests.sent - 1, false, 'requested')
      const others = await Promise.all(Array.from({ length: 4 }, () => registerPerson(auth)))
      const answers = await Promise.all(others.map((other) => request(ada, other)))
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 409, 409, 409])
      await addRelations(bob, limits.friendsPerUser, true, 'friends')
      const [late = ada] = others
      await request(late, bob)
      const full = await accept(bob, late)
      assert.deepEqual([full.status, full.code], [409, 'LIMIT_REACHED'])
      await addRelations(late, limits.friendRequests.waiting, true, 'requested')
      assert.equal((await request(bob, late)).code, 'LIMIT_REACHED')
    })
  })
}
