import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { AppError } from '@secureconnect/errors'
import { createBatchedReads } from './batched-reads.ts'
import { createSharedReads } from './shared-reads.ts'

/** Reads that end when a test says so. */
function controlled() {
  const reads: PromiseWithResolvers<number>[] = []
  const read = () => {
    const one = Promise.withResolvers<number>()
    reads.push(one)
    return one.promise
  }
  return { reads, read }
}

test('those who come while a read is under way share the next one, and nobody joins the first', async () => {
  const { reads, read } = controlled()
  const share = createSharedReads<number>()
  const first = [share('page', read), share('page', read)]
  await turn()
  assert.equal(reads.length, 1)
  const later = Array.from({ length: 1_000 }, () => share('page', read))
  await turn()
  assert.equal(reads.length, 1, 'one is under way at a time')
  reads[0]?.resolve(1)
  assert.deepEqual(await Promise.all(first), [1, 1])
  await turn()
  assert.equal(reads.length, 2)
  reads[1]?.resolve(2)
  assert.deepEqual(new Set(await Promise.all(later)), new Set([2]))
})

test('a read that fails fails those who share it, and the next one runs', async () => {
  const { reads, read } = controlled()
  const share = createSharedReads<number>()
  const first = share('page', read)
  await turn()
  const second = share('page', read)
  reads[0]?.reject(new Error('away'))
  await assert.rejects(first, /away/)
  await turn()
  reads[1]?.resolve(2)
  assert.equal(await second, 2)
})

test('different pages do not wait for each other', async () => {
  const { reads, read } = controlled()
  const share = createSharedReads<number>()
  const both = [share('a', read), share('b', read)]
  await turn()
  reads[0]?.resolve(1)
  reads[1]?.resolve(2)
  assert.deepEqual(await Promise.all(both), [1, 2])
})

test('keys that are asked for meanwhile go together, and each gets its own answer', async () => {
  const batches: (readonly number[])[] = []
  const read = createBatchedReads(async (keys: readonly number[]) => {
    batches.push(keys)
    await turn()
    return keys.map((key) => key * 10)
  })
  const first = [read(1), read(2)]
  await Promise.resolve()
  const later = [read(3), read(4), read(5)]
  assert.deepEqual(await Promise.all([...first, ...later]), [10, 20, 30, 40, 50])
  assert.ok(batches.length <= 2)
})

test('a key that cannot be read keeps nobody from what he asked for', async () => {
  const read = createBatchedReads(async (keys: readonly number[]) => {
    if (keys.includes(2)) throw new Error('unreadable')
    return keys
  })
  const answers = await Promise.allSettled([read(1), read(2), read(3)])
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
})

test('while the database is away a batch is not tried key by key', async () => {
  let runs = 0
  const read = createBatchedReads<number, number>(async () => {
    runs += 1
    throw new AppError('SERVICE_UNAVAILABLE', 'Away.')
  })
  const answers = await Promise.allSettled([read(1), read(2)])
  assert.deepEqual([runs, answers.every(({ status }) => status === 'rejected')], [1, true])
})

test('a batch that fails fails its own keys only', async () => {
  let runs = 0
  const read = createBatchedReads(async (keys: readonly number[]) => {
    if (++runs === 1) throw new Error('away')
    return keys
  })
  await assert.rejects(read(1), /away/)
  assert.equal(await read(2), 2)
})

test('a key that a read forgets is refused, and nobody waits for it', async () => {
  const read = createBatchedReads(async (keys: readonly number[]) => keys.filter((key) => key !== 2))
  const answers = await Promise.allSettled([read(1), read(2), read(3)])
  assert.deepEqual(
    answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : 'refused')),
    [1, 'refused', 3],
  )
})
