import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { conversations, pins, polls, reactions } from '@secureconnect/protocol'
import { eraseMember } from '../src/account-jobs/erase-member.ts'
import { purgedAtOnce, removeEvents } from '../src/stores/purged-conversations.ts'
import { moveHistoryStart } from '../src/stores/retention.ts'
import { findText } from './find-text.ts'
import { createGroup } from './groups.ts'
import { send } from './live-room.ts'
import { call, createPerson, engines, shareChat } from './test-chat.ts'
import { until } from './until.ts'

const additions = ['reactions', 'pins', 'polls', 'poll_votes']

for (const engine of engines) {
  suite(`what is added to messages, when these go, on ${engine}`, () => {
    const shared = shareChat(engine)

    /** A group with a message that somebody reacted to and pinned, and a poll with a vote. */
    async function startTalk() {
      const chat = shared()
      const person = await createPerson(chat)
      const { token } = person
      const group = await createGroup(chat, person)
      const canary = `canary-${randomUUID()}`
      const { message_id } = await send(chat, person, group)
      await call(chat, reactions.add, { token, params: { message_id, emoji: '👍' } })
      await call(chat, pins.add, { token, params: { message_id } })
      const body = { conversation_id: group, question: canary, options: ['yes', 'no'], poll_type: 'single' } as const
      const { data: poll } = await call(chat, polls.create, { token, body: { ...body, allow_vote_change: true } })
      const option_ids = poll.options.slice(0, 1).map(({ option_id }) => option_id)
      await call(chat, polls.vote, { token, body: { poll_id: poll.poll_id, option_ids } })
      /** The tables that know the group or its poll. */
      const list = async () => {
        const found = new Set([
          ...(await findText(chat.context.sql, group)),
          ...(await findText(chat.context.sql, poll.poll_id)),
        ])
        return additions.filter((table) => found.has(table))
      }
      assert.deepEqual(await list(), additions)
      return { chat, token, group, poll, canary, list }
    }

    test('what a conversation keeps no longer takes its reactions, pins, polls and votes along', async () => {
      const { chat, token, group, poll, canary, list } = await startTalk()
      const { sql } = chat.context
      await sql.transaction((tx) => moveHistoryStart(tx, { conversationId: group, afterSeq: 0, throughSeq: poll.seq }))
      assert.deepEqual(await list(), [])
      assert.deepEqual(await findText(sql, canary), [])
      const { code } = await call(chat, polls.get, { token, params: { poll_id: poll.poll_id } })
      assert.equal(code, 'NOT_FOUND')
    })

    test('more reactions than go at once go one part after the other, with their group and with their author', async () => {
      const { context } = shared()
      const { sql } = context
      const [group, userId] = [randomUUID(), randomUUID()]
      const react = (first: number, last: number) => sql.execute`
        insert into reactions (conversation_id, seq, emoji, user_id)
        select ${group}::uuid, seq, '👍', ${userId}::uuid from generate_series(${first}::integer, ${last}) as seq`
      const count = () => sql.execute`select 1 from reactions where user_id = ${userId}`
      await react(1, purgedAtOnce + 1)
      assert.equal(await sql.transaction((tx) => removeEvents(tx, group)), purgedAtOnce)
      assert.equal(await count(), 1)
      await react(1_000_000, 1_005_000)
      const erase = () =>
        sql.transaction((tx) => eraseMember(tx, { userId, after: undefined, messages: 'keep' }, context))
      assert.equal(await erase(), 'more')
      assert.equal(await count(), 2)
      assert.equal(await erase(), undefined)
      assert.equal(await count(), 0)
    })

    test('a group that is ended for everybody takes them along too', async () => {
      const { chat, token, group, list } = await startTalk()
      const ended = await call(chat, conversations.delete, { token, params: { conversation_id: group } })
      assert.equal(ended.status, 200)
      await until('they are gone', async () => (await list()).length === 0, 20_000)
    })
  })
}
