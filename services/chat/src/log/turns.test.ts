import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTurns } from './turns.ts'

test('work on one thing is done one after the other, in order, whatever fails; other things do not wait', async () => {
  const inTurn = createTurns()
  const done: string[] = []
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const first = inTurn('a', async () => {
    await released
    done.push('first')
    throw new Error('it fails')
  })
  const second = inTurn('a', async () => void done.push('second'))
  await inTurn('b', async () => void done.push('other'))
  assert.deepEqual(done, ['other'])
  release()
  await assert.rejects(first, /it fails/)
  await second
  assert.deepEqual(done, ['other', 'first', 'second'])
})

test('so many wait for one thing; who comes then is told to come back, and later there is room again', async () => {
  const inTurn = createTurns()
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const waiting = Array.from({ length: 1_000 }, () => inTurn('a', () => released))
  await assert.rejects(
    inTurn('a', async () => undefined),
    { code: 'CAPACITY' },
  )
  release()
  await Promise.all(waiting)
  assert.equal(await inTurn('a', async () => 'done'), 'done')
})
