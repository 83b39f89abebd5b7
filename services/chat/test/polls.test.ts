import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { type CreatePoll, conversations, limits, polls } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { expireSome } from '../src/history/expire-messages.ts'
import { closeDuePoll } from '../src/polls/close-due-polls.ts'
import { createRoom } from './create-room.ts'
import { findText } from './find-text.ts'
import { listEvents } from './list-events.ts'
import { type Chat, call, createPerson, engines, type Person, shareChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

const lunch = {
  question: 'Where shall we eat?',
  options: ['inside', 'outside', 'at home'],
  poll_type: 'single',
  allow_vote_change: true,
} as const

type More = Partial<CreatePoll>

const ask = (chat: Chat, { token }: Person, conversation_id: string, more: More = {}) =>
  call(chat, polls.create, { token, body: { conversation_id, ...lunch, ...more } })
const vote = (chat: Chat, { token }: Person, poll_id: string, option_ids: readonly (string | undefined)[]) =>
  call(chat, polls.vote, { token, body: { poll_id, option_ids } })
const close = (chat: Chat, { token }: Person, poll_id: string) => call(chat, polls.close, { token, body: { poll_id } })
const remove = (chat: Chat, { token }: Person, poll_id: string) =>
  call(chat, polls.delete, { token, params: { poll_id } })
const get = (chat: Chat, { token }: Person, poll_id: string) => call(chat, polls.get, { token, params: { poll_id } })
const inAMinute = () => new Date(Date.now() + 60_000).toISOString()

for (const engine of engines) {
  suite(`polls on ${engine}`, () => {
    const shared = shareChat(engine)

    async function startTalk(room: Parameters<typeof createRoom>[2] = {}) {
      const chat = shared()
      const [ada, bob, eve] = [await createPerson(chat), await createPerson(chat), await createPerson(chat)]
      return { chat, ada, bob, eve, room: await createRoom(chat, [ada, bob], room) }
    }

    /** As if a poll's time had just run out. */
    const letEnd = ({ context: { sql } }: Chat, pollId: string) =>
      sql.execute`update polls set expires_at = clock_timestamp() - interval '1 millisecond' where poll_id = ${pollId}`

    test('members vote and see how it stands, and what they voted for, but not who voted', async (t) => {
      const { chat, ada, bob, room } = await startTalk()
      const socket = await TestSocket.open(t, chat, bob)
      await socket.subscribe({ [room]: null })
      const { status, data: poll } = await ask(chat, ada, room)
      assert.equal(status, 201)
      const [inside, outside] = poll.options.map(({ option_id }) => option_id)
      assert.equal((await vote(chat, ada, poll.poll_id, [outside])).status, 200)
      const reply = await socket.request('poll.vote', { poll_id: poll.poll_id, option_ids: [outside ?? ''] })
      assert.ok(reply.ok)
      const { data } = await vote(chat, bob, poll.poll_id, [inside])
      const counts = (one: typeof poll) => one.options.map(({ vote_count }) => vote_count)
      assert.deepEqual([counts(data), data.voter_count, data.own_option_ids], [[1, 1, 0], 2, [inside]])
      assert.deepEqual((await get(chat, ada, poll.poll_id)).data.own_option_ids, [outside])
      await socket.reach(room, poll.seq + 3)
      const events = socket.events(room)
      assert.deepEqual(
        events.map(({ seq, kind }) => [seq, kind]),
        [
          [poll.seq, 'poll.created'],
          [poll.seq + 1, 'poll.updated'],
          [poll.seq + 2, 'poll.updated'],
          [poll.seq + 3, 'poll.updated'],
        ],
      )
      const [created, ...updates] = events
      assert.ok(created?.kind === 'poll.created' && created.data.question === lunch.question)
      assert.deepEqual(
        updates.map((event) => event.kind === 'poll.updated' && event.data.options.map(({ vote_count }) => vote_count)),
        [
          [0, 1, 0],
          [0, 2, 0],
          [1, 1, 0],
        ],
      )
      assert.ok(!JSON.stringify(updates).includes(ada.userId) && !JSON.stringify(updates).includes(bob.userId))
    })

    test('the same vote again is no event; none takes a vote back; where votes stay, another is refused', async () => {
      const { chat, ada, bob, room } = await startTalk()
      const free = (await ask(chat, ada, room, { poll_type: 'multi' })).data
      const [first, second, third] = free.options.map(({ option_id }) => option_id)
      for (const choice of [[first, second], [second, first], []]) await vote(chat, bob, free.poll_id, choice)
      const after = (await get(chat, bob, free.poll_id)).data
      assert.deepEqual([after.voter_count, after.own_option_ids], [0, []])
      const { sql } = chat.context
      const events = await listEvents(sql, { conversationId: room, afterSeq: free.seq })
      assert.deepEqual(
        events.map(({ data }) => data.voter_count),
        [1, 0],
      )
      assert.equal((await vote(chat, bob, free.poll_id, [first, second, third])).data.voter_count, 1)
      const firm = (await ask(chat, ada, room, { allow_vote_change: false })).data
      const [one, other] = firm.options.map(({ option_id }) => option_id)
      for (let n = 0; n < 2; n++) assert.equal((await vote(chat, bob, firm.poll_id, [one])).status, 200)
      for (const choice of [[other], []]) assert.equal((await vote(chat, bob, firm.poll_id, choice)).code, 'CONFLICT')
    })

    test('a vote names options of its poll, and in a single choice no two', async () => {
      const { chat, ada, room } = await startTalk()
      const [here, there] = [(await ask(chat, ada, room)).data, (await ask(chat, ada, room)).data]
      const ids = here.options.map(({ option_id }) => option_id)
      for (const choice of [ids.slice(0, 2), [there.options[0]?.option_id], [newId()], [ids[0], ids[0]], ['x']])
        assert.equal((await vote(chat, ada, here.poll_id, choice)).code, 'VALIDATION_ERROR')
      assert.equal((await vote(chat, ada, newId(), [])).code, 'NOT_FOUND')
      assert.equal((await get(chat, ada, here.poll_id)).data.voter_count, 0)
    })

    test('a poll has two to ten options that differ, some words, and an end that lies ahead', async () => {
      const { chat, ada, room } = await startTalk()
      const many = (count: number) => Array.from({ length: count }, (_, index) => `option ${index}`)
      const { min, max } = limits.poll.options
      for (const options of [many(min), many(max)]) assert.equal((await ask(chat, ada, room, { options })).status, 201)
      const refused: More[] = [
        { options: many(min - 1) },
        { options: many(max + 1) },
        { options: ['same', 'same'] },
        { options: ['Same ', 'same'] },
        { options: ['ﬁne', 'fine'] },
        { options: ['', 'b'] },
        { options: [' ', 'b'] },
        { options: ['x'.repeat(limits.poll.optionCharacters + 1), 'b'] },
        { question: '' },
        { question: 'x'.repeat(limits.poll.question + 1) },
        { expires_at: new Date(Date.now() - 1_000).toISOString() },
        { expires_at: 'tomorrow' },
      ]
      for (const more of refused) assert.equal((await ask(chat, ada, room, more)).code, 'VALIDATION_ERROR')
      const longest = {
        question: 'x'.repeat(limits.poll.question),
        options: ['x'.repeat(limits.poll.optionCharacters), 'y'],
      }
      assert.equal((await ask(chat, ada, room, longest)).status, 201)
    })

    test('a poll is made once for an Idempotency-Key, and answered as it is now', async () => {
      const { chat, ada, bob, room } = await startTalk()
      const body = { conversation_id: room, ...lunch }
      const make = (more: object = {}) =>
        call(chat, polls.create, {
          token: ada.token,
          body: { ...body, ...more },
          headers: { 'idempotency-key': `key-${room}` },
        })
      const [first, second] = await Promise.all([make(), make()])
      assert.equal(first.data.poll_id, second.data.poll_id)
      await vote(chat, bob, first.data.poll_id, [first.data.options[0]?.option_id])
      assert.equal((await make()).data.voter_count, 1)
      assert.equal((await make({ question: 'When?' })).code, 'IDEMPOTENCY_MISMATCH')
    })

    test('whoever made a poll, or manages the group, closes it: then nobody votes any more', async () => {
      const { chat, ada, bob, room } = await startTalk()
      const { poll_id, seq, options } = (await ask(chat, ada, room)).data
      await vote(chat, bob, poll_id, [options[0]?.option_id])
      assert.equal((await close(chat, bob, poll_id)).code, 'FORBIDDEN')
      await chat.context.sql.execute`
        update members set role = 'admin' where conversation_id = ${room} and user_id = ${bob.userId}`
      const closed = (await close(chat, bob, poll_id)).data
      assert.deepEqual([closed.status, closed.voter_count], ['closed', 1])
      assert.deepEqual((await close(chat, ada, poll_id)).data, { ...closed, own_option_ids: [] })
      for (const person of [ada, bob])
        assert.equal((await vote(chat, person, poll_id, [options[1]?.option_id])).code, 'POLL_CLOSED')
      const events = await listEvents(chat.context.sql, { conversationId: room, afterSeq: seq })
      assert.deepEqual(
        events.map(({ data }) => data.status),
        ['open', 'closed'],
      )
    })

    test('a poll is closed from its time on, and says so once, whoever notices', async () => {
      const { chat, ada, room } = await startTalk()
      const { poll_id, seq, options } = (await ask(chat, ada, room, { expires_at: inAMinute() })).data
      assert.equal((await vote(chat, ada, poll_id, [options[0]?.option_id])).status, 200)
      await letEnd(chat, poll_id)
      assert.equal((await vote(chat, ada, poll_id, [options[1]?.option_id])).code, 'POLL_CLOSED')
      const { data } = await get(chat, ada, poll_id)
      assert.deepEqual([data.status, data.closed_at], ['closed', data.expires_at])
      const due = { poll_id, conversation_id: room }
      await Promise.all([closeDuePoll(chat.context, due), closeDuePoll(chat.context, due), close(chat, ada, poll_id)])
      const events = await listEvents(chat.context.sql, { conversationId: room, afterSeq: seq + 1 })
      assert.deepEqual(
        events.map(({ data: { status, voter_count } }) => [status, voter_count]),
        [['closed', 1]],
      )
      assert.deepEqual((await get(chat, ada, poll_id)).data, data)
    })

    test('polls are listed, the newest first; the open ones alone too; and so many may be open', async () => {
      const { chat, ada, room } = await startTalk()
      const ids = []
      for (let n = 0; n < 5; n++) ids.unshift((await ask(chat, ada, room)).data.poll_id)
      await close(chat, ada, ids[1] ?? '')
      const listAll = async (operation: typeof polls.list | typeof polls.listActive) => {
        const found = []
        for (let cursor: { cursor?: string } = {}; ; ) {
          const query = { conversation_id: room, limit: 2, ...cursor }
          const { data } = await call(chat, operation, { token: ada.token, query })
          found.push(...data.polls.map(({ poll_id }) => poll_id))
          if (data.next_cursor === null) return found
          cursor = { cursor: data.next_cursor }
        }
      }
      assert.deepEqual(await listAll(polls.list), ids)
      assert.deepEqual(
        await listAll(polls.listActive),
        ids.filter((_, index) => index !== 1),
      )
      const most = limits.openPollsPerConversation
      for (let n = 4; n < most; n++) assert.equal((await ask(chat, ada, room)).status, 201)
      assert.equal((await ask(chat, ada, room)).code, 'LIMIT_REACHED')
      await close(chat, ada, ids[0] ?? '')
      assert.equal((await ask(chat, ada, room)).status, 201)
    })

    test('strangers and newcomers find no poll that is not theirs; blocks and encryption end them', async (t) => {
      const { chat, ada, bob, eve, room } = await startTalk({ type: 'direct' })
      const { poll_id, seq, options } = (await ask(chat, ada, room)).data
      const choice = [options[0]?.option_id]
      for (const answer of [
        await get(chat, eve, poll_id),
        await vote(chat, eve, poll_id, choice),
        await close(chat, eve, poll_id),
        await remove(chat, eve, poll_id),
      ])
        assert.equal(answer.code, 'NOT_FOUND')
      assert.equal((await ask(chat, eve, room)).code, 'CONVERSATION_NOT_FOUND')
      const { sql } = chat.context
      await sql.execute`insert into blocks (user_id, blocked_id) values (${bob.userId}, ${ada.userId})`
      for (const person of [ada, bob]) {
        assert.equal((await vote(chat, person, poll_id, choice)).code, 'BLOCKED')
        assert.equal((await ask(chat, person, room)).code, 'BLOCKED')
      }
      await sql.execute`delete from blocks where user_id = ${bob.userId}`
      await sql.execute`
        update members set visible_from = ${seq + 1} where conversation_id = ${room} and user_id = ${bob.userId}`
      assert.equal((await get(chat, bob, poll_id)).code, 'NOT_FOUND')
      const query = { conversation_id: room }
      assert.deepEqual((await call(chat, polls.list, { token: bob.token, query })).data.polls, [])
      const settings = { token: ada.token, params: { conversation_id: room }, body: { is_e2ee_enabled: true } }
      assert.equal((await call(chat, conversations.updateSettings, settings)).status, 200)
      assert.equal((await ask(chat, ada, room)).code, 'E2EE_REQUIRED')
      assert.equal((await vote(chat, ada, poll_id, choice)).code, 'E2EE_REQUIRED')
      const socket = await TestSocket.open(t, chat, ada)
      const option_ids = options.slice(0, 1).map(({ option_id }) => option_id)
      assert.equal((await socket.request('poll.vote', { poll_id, option_ids })).error?.code, 'E2EE_REQUIRED')
    })

    test('nothing is left of what a deleted poll asked, nor of one whose time was up with its conversation’s messages', async () => {
      const { chat, ada, bob, room } = await startTalk({ ttlSeconds: 60 })
      const { sql } = chat.context
      for (const end of ['deleted', 'expired'] as const) {
        const canary = `canary-${randomUUID()}`
        const more = { question: `${canary}?`, options: [`${canary} a`, `${canary} b`] }
        const { poll_id, seq, options } = (await ask(chat, ada, room, more)).data
        await vote(chat, bob, poll_id, [options[0]?.option_id])
        if (end === 'deleted') assert.equal((await remove(chat, ada, poll_id)).status, 200)
        else {
          await sql.execute`update polls set vanishes_at = clock_timestamp() where poll_id = ${poll_id}`
          assert.equal((await get(chat, ada, poll_id)).code, 'NOT_FOUND')
          await sql.execute`
            update expiring_messages set due_at = clock_timestamp() where conversation_id = ${room} and seq = ${seq}`
          await Promise.all([expireSome(chat.context, room), expireSome(chat.context, room)])
        }
        assert.equal((await get(chat, ada, poll_id)).code, 'NOT_FOUND')
        assert.deepEqual(await findText(sql, canary), [])
        const events = await listEvents(sql, { conversationId: room, afterSeq: seq + 1 })
        assert.deepEqual(
          events.map(({ kind, data }) => [kind, data.poll_id, data.status]),
          [['poll.updated', poll_id, 'deleted']],
        )
        assert.equal(await sql.execute`select 1 from poll_votes where poll_id = ${poll_id}`, 0)
      }
    })
  })
}
