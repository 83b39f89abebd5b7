import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { calls, limits } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { until } from '@secureconnect/test/helpers'
import {
  act,
  call,
  createCircle,
  createConversation,
  createPerson,
  initiate,
  onOtherDevice,
  shareVideo,
} from './test-video.ts'

suite('calls', () => {
  const shared = shareVideo('postgres', { MAX_CALL_PARTICIPANTS: '3' })

  test('a call between two rings, is answered, and ends with the first who leaves', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 2)
    const [ada, bob] = people
    const { status, data } = await initiate(video, ada, { conversation_id: conversationId })
    assert.deepEqual([status, data.status, data.caller_id], [201, 'ringing', ada.userId])
    assert.match(data.signaling_url, /^ws:\/\/localhost:8080\/v1\/ws\/signaling\?node=video-1$/)
    const seen = await act(video, 'get', bob, data.call_id)
    assert.deepEqual([seen.data.status, seen.data.invite_status], ['ringing', 'ringing'])
    const answered = await act(video, 'accept', bob, data.call_id)
    assert.deepEqual([answered.status, answered.data.call.status], [200, 'active'])
    assert.equal(answered.data.participant?.user_id, bob.userId)
    const left = await act(video, 'leave', bob, data.call_id)
    assert.deepEqual([left.data.status, left.data.end_reason], ['ended', 'left'])
    const over = await act(video, 'get', bob, data.call_id)
    assert.deepEqual([seen.data.signaling_url, over.data.signaling_url], [data.signaling_url, null])
    const { participants, invites } = (await act(video, 'listParticipants', ada, data.call_id)).data
    assert.deepEqual(
      participants.map(({ user_id, role, state }) => [user_id, role, state]),
      [
        [ada.userId, 'host', 'left'],
        [bob.userId, 'speaker', 'left'],
      ],
    )
    assert.deepEqual(invites, [{ user_id: bob.userId, status: 'accepted' }])
  })

  test('of two devices that answer at once one wins, however often it is tried', async () => {
    const video = shared()
    for (let round = 0; round < 5; round++) {
      const { people, conversationId } = await createCircle(video, 2)
      const [ada, bob] = people
      const { data } = await initiate(video, ada, { conversation_id: conversationId })
      const devices = [bob, onOtherDevice(video, bob), onOtherDevice(video, bob)]
      const answers = await Promise.all(devices.map((device) => act(video, 'accept', device, data.call_id)))
      const codes = answers.map(({ code }) => code ?? 'won').sort()
      assert.deepEqual(codes, ['ALREADY_ANSWERED', 'ALREADY_ANSWERED', 'won'])
      const { participants } = (await act(video, 'listParticipants', ada, data.call_id)).data
      assert.equal(participants.length, 2)
    }
  })

  test('in a group each answers for himself, some come late, and so many find a place', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 5)
    const [ada, bob, cleo, dan, eve] = people
    const callee_ids = [bob, cleo, dan].map(({ userId }) => userId)
    const { data } = await initiate(video, ada, { conversation_id: conversationId, callee_ids })
    const id = data.call_id
    assert.equal((await act(video, 'decline', bob, id)).data.status, 'ringing')
    assert.equal((await act(video, 'accept', cleo, id)).data.call.status, 'active')
    assert.equal((await act(video, 'get', dan, id)).data.invite_status, 'ringing')
    assert.equal((await act(video, 'decline', dan, id)).data.status, 'active')
    assert.equal((await act(video, 'decline', dan, id)).status, 200)
    const { data: uninvited } = await act(video, 'join', eve, id)
    assert.deepEqual([uninvited.call.status, uninvited.call.invite_status], ['active', null])
    assert.equal((await act(video, 'join', bob, id)).code, 'CALL_FULL')
    const again = await act(video, 'join', onOtherDevice(video, eve), id)
    assert.equal(again.data.participant?.participant_id, uninvited.participant?.participant_id)
    await act(video, 'leave', cleo, id)
    assert.equal((await act(video, 'join', bob, id)).status, 200, 'who declined may think better of it')
  })

  test('a call that nobody can answer is busy at once, and one that goes on makes nobody else free', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 2)
    const [ada, bob] = people
    const eve = await createPerson(video)
    await initiate(video, ada, { conversation_id: conversationId })
    const other = await createConversation(video, [eve, ada])
    const { status, data } = await initiate(video, eve, { conversation_id: other })
    assert.deepEqual([status, data.status, data.end_reason], [201, 'busy', 'unanswered'])
    assert.equal((await act(video, 'get', ada, data.call_id)).data.invite_status, 'busy')
    const { code } = await initiate(video, bob, { conversation_id: conversationId })
    assert.equal(code, 'CONFLICT', 'two who call each other have one call')
  })

  test('a call is ended by who called or the last one, hung up before the answer by who called, and by nobody else', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 4)
    const [ada, bob, cleo, dan] = people
    const { data } = await initiate(video, ada, { conversation_id: conversationId })
    assert.equal((await act(video, 'cancel', bob, data.call_id)).code, 'FORBIDDEN')
    await act(video, 'accept', bob, data.call_id)
    await act(video, 'accept', cleo, data.call_id)
    for (const person of [bob, dan]) assert.equal((await act(video, 'end', person, data.call_id)).code, 'FORBIDDEN')
    assert.equal((await act(video, 'cancel', ada, data.call_id)).code, 'ALREADY_ANSWERED')
    await act(video, 'leave', ada, data.call_id)
    await act(video, 'leave', bob, data.call_id)
    const ended = await act(video, 'end', cleo, data.call_id)
    assert.deepEqual([ended.data.status, ended.data.end_reason], ['ended', 'ended'])
    for (const action of ['accept', 'join'] as const)
      assert.equal((await act(video, action, dan, data.call_id)).code, 'CALL_ENDED')
    assert.equal((await act(video, 'decline', dan, data.call_id)).code, 'CALL_ENDED')
    for (const action of ['end', 'leave'] as const)
      assert.equal((await act(video, action, cleo, data.call_id)).data.version, ended.data.version, 'once is enough')
    const next = await initiate(video, ada, { conversation_id: conversationId })
    for (let count = 0; count < 2; count++)
      assert.equal((await act(video, 'cancel', ada, next.data.call_id)).data.status, 'cancelled')
  })

  test('the same request again leads to the same call, and another one under its key to none', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 2)
    const [ada, bob] = people
    const headers = { 'idempotency-key': `call-${conversationId}` }
    const begin = () => initiate(video, ada, { conversation_id: conversationId }, headers)
    const [first, second] = await Promise.all([begin(), begin()])
    assert.deepEqual([first.status, second.status], [201, 201])
    assert.equal(second.data.call_id, first.data.call_id)
    await act(video, 'accept', bob, first.data.call_id)
    assert.equal((await begin()).data.status, 'active', 'as it is by then')
    const body = { conversation_id: conversationId, call_type: 'video' } as const
    const other = await call(video, calls.initiate, { token: ada.token, body, headers })
    assert.equal(other.code, 'IDEMPOTENCY_MISMATCH')
    const { data } = await call(video, calls.list, { token: ada.token, query: { conversation_id: conversationId } })
    assert.equal(data.calls.length, 1)
  })

  test('nobody calls himself, strangers, an empty room or more than ring at once', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 3)
    const [ada] = people
    const eve = await createPerson(video)
    const tryCalling = async (callee_ids?: string[], conversation_id = conversationId) =>
      (await initiate(video, ada, { conversation_id, ...(callee_ids && { callee_ids }) })).code
    assert.equal(await tryCalling([eve.userId]), 'USER_NOT_FOUND')
    assert.equal(await tryCalling([ada.userId]), 'USER_NOT_FOUND')
    assert.equal(await tryCalling([]), 'VALIDATION_ERROR')
    assert.equal(await tryCalling(undefined, randomUUID()), 'CONVERSATION_NOT_FOUND')
    assert.equal(await tryCalling(undefined, await createConversation(video, [ada], 'group')), 'CONFLICT')
    const others = Array.from({ length: limits.calleesPerCall + 1 }, () => ({ ...eve, userId: newId() }))
    const { sql } = video.context
    await sql.execute`
      insert into users (user_id, email, email_key, username, username_key, display_name, password_hash, pepper_id)
      select id, id::text, id::text, id::text, id::text, 'one of many', 'none', 'none'
      from unnest(${others.map(({ userId }) => userId)}::uuid[]) as id`
    const crowd = await createConversation(video, [ada, ...others])
    assert.equal(await tryCalling(undefined, crowd), 'LIMIT_REACHED')
    assert.equal(await tryCalling([others[0]?.userId ?? ''], crowd), undefined)
  })

  test('strangers and former members neither see nor join nor end a call, and hear nothing of whether there is one', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 3)
    const [ada, bob, former] = people
    const { data } = await initiate(video, ada, { conversation_id: conversationId })
    await act(video, 'accept', bob, data.call_id)
    await video.context.sql.execute`
      update members set left_at = now() where conversation_id = ${conversationId} and user_id = ${former.userId}`
    for (const person of [former, await createPerson(video)]) {
      for (const action of [
        'get',
        'listParticipants',
        'accept',
        'join',
        'decline',
        'cancel',
        'leave',
        'end',
      ] as const) {
        const { status, code } = await act(video, action, person, data.call_id)
        assert.deepEqual([action, status, code], [action, 404, 'CALL_NOT_FOUND'])
      }
      const query = { conversation_id: conversationId }
      assert.equal((await call(video, calls.list, { token: person.token, query })).code, 'CONVERSATION_NOT_FOUND')
      assert.deepEqual((await call(video, calls.list, { token: person.token })).data.calls, [])
    }
    assert.equal((await act(video, 'get', ada, data.call_id)).data.status, 'active')
  })

  test('a block keeps two from calling each other, ends their call, and in a group keeps one from ringing at the other', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 2)
    const [ada, bob] = people
    const cleo = await createPerson(video)
    const group = await createConversation(video, [ada, bob, cleo])
    const { data: running } = await initiate(video, ada, { conversation_id: conversationId })
    await act(video, 'accept', bob, running.call_id)
    await video.context.sql.execute`insert into blocks (user_id, blocked_id) values (${bob.userId}, ${ada.userId})`
    await until('their call ends', async () => (await act(video, 'get', ada, running.call_id)).data.status === 'ended')
    for (const person of [ada, bob])
      assert.equal((await initiate(video, person, { conversation_id: conversationId })).code, 'BLOCKED')
    const { data } = await initiate(video, ada, { conversation_id: group })
    assert.equal((await act(video, 'get', bob, data.call_id)).data.invite_status, null)
    assert.equal((await act(video, 'get', cleo, data.call_id)).data.invite_status, 'ringing')
    assert.equal((await act(video, 'join', bob, data.call_id)).status, 200, 'both are in the group all the same')
  })

  test('who is removed from a conversation is removed from its call, and rings no more', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 4)
    const [ada, bob, cleo, dan] = people
    const { data } = await initiate(video, ada, { conversation_id: conversationId })
    await act(video, 'accept', bob, data.call_id)
    await act(video, 'accept', cleo, data.call_id)
    const { sql } = video.context
    await sql.execute`
      update members set left_at = now()
      where conversation_id = ${conversationId} and user_id = any(${[bob.userId, dan.userId]}::uuid[])`
    await until('he is out', async () => {
      const { participants } = (await act(video, 'listParticipants', ada, data.call_id)).data
      return participants.some(({ user_id, state }) => user_id === bob.userId && state === 'left')
    })
    const { invites } = (await act(video, 'listParticipants', ada, data.call_id)).data
    assert.equal(invites.find(({ user_id }) => user_id === dan.userId)?.status, 'cancelled')
    assert.equal((await act(video, 'get', ada, data.call_id)).data.status, 'active')
  })

  test('a callee who is blocked while it rings cannot answer', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 2)
    const [ada, bob] = people
    const { data } = await initiate(video, ada, { conversation_id: conversationId })
    await video.context.sql.execute`insert into blocks (user_id, blocked_id) values (${ada.userId}, ${bob.userId})`
    const { code } = await act(video, 'accept', bob, data.call_id)
    assert.ok(code === 'BLOCKED' || code === 'CALL_ENDED', code)
  })

  test('what people do with calls is counted and noted, with who did it', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 2)
    const [ada, bob] = people
    const { metrics } = video.context
    const countOf = async (status: string) => {
      const { values } = await metrics.calls.get()
      return values.find(({ labels }) => labels.type === 'audio' && labels.status === status)?.value ?? 0
    }
    const statuses = ['ringing', 'active', 'ended']
    const before = await Promise.all(statuses.map(countOf))
    const { data } = await initiate(video, ada, { conversation_id: conversationId })
    await act(video, 'accept', bob, data.call_id)
    await act(video, 'end', ada, data.call_id)
    assert.deepEqual(
      await Promise.all(statuses.map(countOf)),
      before.map((count) => count + 1),
    )
    const records = video.lines.filter(({ stream, target_id }) => stream === 'audit' && target_id === data.call_id)
    assert.deepEqual(
      records.map(({ action, result, user_id }) => [action, result, user_id]),
      [
        ['initiate', 'allowed', ada.userId],
        ['accept', 'allowed', bob.userId],
        ['end', 'allowed', ada.userId],
      ],
    )
  })

  test('calls are listed page by page to those who may know of them, and not those from before their time', async () => {
    const video = shared()
    const { people, conversationId } = await createCircle(video, 3)
    const [ada, bob, late] = people
    const ids: string[] = []
    for (let count = 0; count < 3; count++) {
      const { data } = await initiate(video, ada, { conversation_id: conversationId, callee_ids: [bob.userId] })
      await act(video, count === 0 ? 'decline' : 'accept', bob, data.call_id)
      await act(video, 'end', ada, data.call_id)
      ids.unshift(data.call_id)
    }
    const list = async (token: string, query: object) => (await call(video, calls.list, { token, query })).data
    const first = await list(bob.token, { conversation_id: conversationId, limit: 2 })
    const rest = await list(bob.token, { conversation_id: conversationId, limit: 2, cursor: first.next_cursor })
    assert.deepEqual(
      [...first.calls, ...rest.calls].map(({ call_id }) => call_id),
      ids,
    )
    assert.deepEqual([first.has_more, rest.has_more], [true, false])
    const declined = await list(bob.token, { status: 'declined' })
    assert.deepEqual(
      declined.calls.map(({ call_id, invite_status }) => [call_id, invite_status]),
      [[ids[2], 'declined']],
    )
    assert.deepEqual((await list(late.token, {})).calls, [], 'he had nothing to do with them')
    assert.equal((await list(late.token, { conversation_id: conversationId })).calls.length, 3)
    await video.context.sql.execute`
      update members set visible_from = 9, joined_at = now() where user_id = ${late.userId}`
    assert.deepEqual((await list(late.token, { conversation_id: conversationId })).calls, [])
    assert.equal((await act(video, 'get', late, ids[0] ?? '')).code, 'CALL_NOT_FOUND')
  })
})
