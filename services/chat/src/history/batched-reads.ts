import { withoutRequest } from '@secureconnect/logging'
import { isUnavailable } from '@secureconnect/sql'

/** Reads one thing, together with those that others want meanwhile. */
export type BatchedReads<K, V> = (key: K) => Promise<V>

type Waiting<K, V> = { key: K; resolve: (value: V) => void; reject: (error: unknown) => void }

const usualKeysPerBatch = 1_000

/** Creates batched reads: `load` answers for each key, in order. While one batch is under way, the next gathers. */
export function createBatchedReads<K, V>(
  load: (keys: readonly K[]) => Promise<readonly V[]>,
  keysPerBatch = usualKeysPerBatch,
): BatchedReads<K, V> {
  const waiting: Waiting<K, V>[] = []
  let isBusy = false

  async function answer(batch: readonly Waiting<K, V>[]): Promise<void> {
    try {
      const values = await load(batch.map(({ key }) => key))
      if (values.length !== batch.length) throw new Error('Each key of a batch has its answer')
      for (const [index, value] of values.entries()) batch[index]?.resolve(value)
    } catch (error) {
      const mayBeOne = batch.length > 1 && !isUnavailable(error)
      // What cannot be read for one must not be kept from the others.
      if (mayBeOne) for (const one of batch) await answer([one])
      else for (const { reject } of batch) reject(error)
    }
  }

  async function run(): Promise<void> {
    isBusy = true
    // Those who ask in this very moment are in the first batch.
    await Promise.resolve()
    while (waiting.length > 0) await answer(waiting.splice(0, keysPerBatch))
    isBusy = false
  }
  return (key) => {
    const { promise, resolve, reject } = Promise.withResolvers<V>()
    waiting.push({ key, resolve, reject })
    if (!isBusy) withoutRequest(() => void run())
    return promise
  }
}
