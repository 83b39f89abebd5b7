import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OwnConversation } from '@secureconnect/protocol'
import { ApiError, ConnectionError } from '../errors.ts'
import { createOwnConversations, type LoadChanges } from './own-conversations.ts'

type Page = Awaited<ReturnType<LoadChanges>>

function page(ids: readonly string[], next_cursor: string, more: Partial<Page> = {}): Page {
  const conversations = ids.map((conversation_id) => ({ conversation_id }) as OwnConversation)
  return { conversations, removed: [], next_cursor, has_more: false, ...more }
}

const gone = (id: string) => ({ removed: [{ conversation_id: id, left_at: '' }] })

/** Somebody's conversations as the service answers about them, one page or refusal after the other, with what is told. */
function start(...answers: (Page | Error)[]) {
  const told: string[] = []
  const asked: (string | undefined)[] = []
  const own = createOwnConversations({
    loadChanges: async ({ since }) => {
      asked.push(since)
      const answer = answers.shift() ?? page([], 'end')
      if (answer instanceof Error) throw answer
      return answer
    },
    changed: ({ conversation_id }) => told.push(conversation_id),
    added: ({ conversation_id }) => told.push(`+${conversation_id}`),
    removed: (id) => told.push(`-${id}`),
  })
  return { own, told, asked }
}

test('at first all are told as they stand, and afterwards what changed, who came in and who went', async () => {
  const { own, told, asked } = start(
    page(['a'], 'page-2', { has_more: true }),
    page(['b'], 'one'),
    page(['b', 'c'], 'two', gone('a')),
  )
  await own.catchUp()
  await own.catchUp()
  assert.deepEqual(told, ['a', 'b', 'b', 'c', '+c', '-a'])
  assert.deepEqual(asked, [undefined, 'page-2', 'one'])
})

test('one that the server names is told as added, also where it comes with all the others', async () => {
  const { own, told } = start(page(['a', 'b'], 'one'), page(['b'], 'two'))
  own.expect('b')
  await own.catchUp()
  await own.catchUp()
  assert.deepEqual(told, ['a', 'b', '+b', 'b'])
})

test('a round that broke off is begun again from its beginning, and nothing is told as new for that', async () => {
  const lost = new ConnectionError('lost')
  const { own, told, asked } = start(page(['a'], 'page-2', { has_more: true }), lost, page(['a', 'b'], 'one'))
  await assert.rejects(own.catchUp(), lost)
  await own.catchUp()
  assert.deepEqual(told, ['a', 'a', 'b'])
  assert.deepEqual(asked, [undefined, 'page-2', undefined])
})

test('after too long an absence all are asked for anew, and those that are not there are gone', async () => {
  const tooOld = new ApiError({ code: 'INVALID_CURSOR', message: 'Too old.' })
  const { own, told, asked } = start(page(['a', 'b'], 'one'), tooOld, page(['b', 'c'], 'two'))
  await own.catchUp()
  await own.catchUp()
  assert.deepEqual(told, ['a', 'b', 'b', 'c', '+c', '-a'])
  assert.deepEqual(asked, [undefined, 'one', undefined])
})

test('who asks while a round is under way gets another one, and one request at a time is out', async () => {
  const { own, told, asked } = start(page(['a'], 'one'), page(['b'], 'two'))
  await Promise.all([own.catchUp(), own.catchUp(), own.catchUp()])
  assert.deepEqual(told, ['a', 'b', '+b'])
  assert.deepEqual(asked, [undefined, 'one'])
})

test('who asks at the very moment when a round ends gets another one', async () => {
  for (let steps = 0; steps < 20; steps += 1) {
    const { own, told } = start(page(['a'], 'one'), page(['b'], 'two'))
    const first = own.catchUp()
    for (let step = 0; step < steps; step += 1) await Promise.resolve()
    await own.catchUp()
    await first
    assert.deepEqual(told, ['a', 'b', '+b'], `after ${steps} steps`)
  }
})

test('nothing of one person is told to the next', async () => {
  const { own, told } = start(page(['a'], 'one'), page(['b'], 'two'))
  const underWay = own.catchUp()
  own.forget()
  await underWay
  await own.catchUp()
  assert.deepEqual(told, ['b'])
})
