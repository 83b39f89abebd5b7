import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { conversations, messages, polls, reactions } from '@secureconnect/protocol'
import type { FakeFirebase } from '@secureconnect/push/testing'
import { suiteScope } from '@secureconnect/test/helpers'
import { send } from './live-room.ts'
import { createPair, holdBack, hurry, listTaken, startPushing, untilPushed, untilWaitsFor } from './pushed.ts'
import { type Chat, call, type Person } from './test-chat.ts'
import { until } from './until.ts'

suite('pushes that took the place of earlier ones', () => {
  let chat: Chat
  let firebase: FakeFirebase
  const scope = suiteScope()
  before(async () => {
    ;({ chat, firebase } = await startPushing(scope))
  })

  /** Two people, to the second of whom nothing is pushed for now. */
  async function createHeld() {
    const pair = await createPair(chat)
    await holdBack(chat, pair.bob)
    return pair
  }

  async function remove({ token }: Person, { message_id }: { message_id: string }) {
    const { status } = await call(chat, messages.delete, { token, params: { message_id } })
    assert.equal(status, 200)
  }

  async function read({ token }: Person, { conversation_id, seq }: { conversation_id: string; seq: number }) {
    await call(chat, messages.read, { token, body: { conversation_id, seq } })
  }

  const takenIds = (token: string) => listTaken(firebase, token).map(({ data }) => data.message_id)

  test('when the messages are deleted that joined it, what is unread before them is pushed', async () => {
    const { ada, bob, id, token } = await createHeld()
    const first = await send(chat, ada, id, 'first')
    await untilWaitsFor(chat, first.message_id)
    const regretted = [await send(chat, ada, id, 'second'), await send(chat, ada, id, 'third')]
    await untilWaitsFor(chat, regretted[1]?.message_id ?? '')
    for (const message of regretted) await remove(ada, message)
    await hurry(chat, bob)
    await untilPushed(chat)
    assert.deepEqual(takenIds(token), [first.message_id])
  })

  test('of two that were found at once the first is pushed when the second is deleted', async () => {
    const { ada, bob, id, token } = await createHeld()
    const [first, second] = await Promise.all([send(chat, ada, id, 'one'), send(chat, ada, id, 'other')])
    const [older, newer] = first.seq < second.seq ? [first, second] : [second, first]
    await untilWaitsFor(chat, newer.message_id)
    await remove(ada, newer)
    await hurry(chat, bob)
    await untilPushed(chat)
    assert.deepEqual(takenIds(token), [older.message_id])
  })

  test('what was pushed or read before is not pushed again because a later message is deleted', async () => {
    const { ada, bob, id, token } = await createPair(chat)
    const pushed = await send(chat, ada, id, 'pushed')
    await untilPushed(chat)
    await holdBack(chat, bob)
    const readMeanwhile = await send(chat, ada, id, 'read meanwhile')
    await untilWaitsFor(chat, readMeanwhile.message_id)
    const regretted = await send(chat, ada, id, 'regretted')
    await untilWaitsFor(chat, regretted.message_id)
    await read(bob, readMeanwhile)
    await remove(ada, regretted)
    await hurry(chat, bob)
    await untilPushed(chat)
    assert.deepEqual(takenIds(token), [pushed.message_id])
  })

  test('what Firebase did not take is pushed when the message is deleted that came meanwhile', async () => {
    const { ada, id, token } = await createPair(chat)
    let isAsked = false
    let isBack = false
    firebase.answer = ({ token: to }) => {
      if (to !== token || isBack) return {}
      isAsked = true
      return { status: 503, delayMs: 500 }
    }
    const first = await send(chat, ada, id, 'first')
    await until('Firebase is asked', () => isAsked)
    const regretted = await send(chat, ada, id, 'regretted')
    await untilWaitsFor(chat, regretted.message_id)
    await remove(ada, regretted)
    isBack = true
    await untilPushed(chat)
    firebase.answer = () => ({})
    assert.deepEqual(takenIds(token), [first.message_id])
  })

  test('who hears of mentions only is told of an earlier one, not of other messages', async () => {
    const { ada, bob, id, token } = await createHeld()
    const params = { conversation_id: id }
    await call(chat, conversations.setNotifications, { token: bob.token, params, body: { level: 'mentions' } })
    const mention = async () => {
      const body = { conversation_id: id, content: 'you', message_type: 'text', mentions: [bob.userId] } as const
      return (await call(chat, messages.send, { token: ada.token, body })).data
    }
    const first = await mention()
    await untilWaitsFor(chat, first.message_id)
    await send(chat, ada, id, 'to nobody')
    const regretted = await mention()
    await untilWaitsFor(chat, regretted.message_id)
    await remove(ada, regretted)
    await hurry(chat, bob)
    await untilPushed(chat)
    assert.deepEqual(
      listTaken(firebase, token).map(({ data }) => [data.type, data.message_id]),
      [['mention', first.message_id]],
    )
  })

  test('when a reaction is taken back, the one before it is pushed', async () => {
    const { ada, bob, id, token } = await createHeld()
    const [liked, disliked] = [await send(chat, bob, id, 'like this?'), await send(chat, bob, id, 'or this?')]
    const react = ({ message_id }: { message_id: string }) => {
      return call(chat, reactions.add, { token: ada.token, params: { message_id, emoji: '👍' } })
    }
    await react(liked)
    await untilWaitsFor(chat, liked.message_id)
    await react(disliked)
    await untilWaitsFor(chat, disliked.message_id)
    const params = { message_id: disliked.message_id, emoji: '👍' }
    await call(chat, reactions.remove, { token: ada.token, params })
    await hurry(chat, bob)
    await untilPushed(chat)
    assert.deepEqual(
      listTaken(firebase, token).map(({ data }) => [data.type, data.message_id]),
      [['reaction', liked.message_id]],
    )
  })

  test('that a poll has closed says which', async () => {
    const { ada, bob, id, token } = await createPair(chat)
    const asked = { question: 'Now?', options: ['yes', 'no'], poll_type: 'single', allow_vote_change: false } as const
    const { data } = await call(chat, polls.create, { token: ada.token, body: { conversation_id: id, ...asked } })
    const { poll_id, options } = data
    const option_ids = options.slice(0, 1).map(({ option_id }) => option_id)
    await call(chat, polls.vote, { token: bob.token, body: { poll_id, option_ids } })
    await call(chat, polls.close, { token: ada.token, body: { poll_id } })
    await untilPushed(chat)
    assert.deepEqual(
      listTaken(firebase, token).map((one) => [one.data.type, one.data.poll_id]),
      [['poll_closed', poll_id]],
    )
  })
})
