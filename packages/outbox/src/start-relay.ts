import type { Kv } from '@secureconnect/kv'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import type { Sql } from '@secureconnect/sql'
import type { Topic } from './topic.ts'
import { TopicWorker } from './topic-worker.ts'
import { wakeChannel } from './wake.ts'

export type RelayOptions = {
  sql: Sql
  kv: Pick<Kv, 'subscribe'>
  log: Logger
  metrics: Metrics
  topics: Readonly<Record<string, Topic>>
}

/** Carries out side effects that wait in the outbox, until it is closed. */
export type Relay = AsyncDisposable & { close(): Promise<void> }

/**
 * Starts a relay for the given topics. Any number of processes may relay the same ones. A message through `kv` makes
 * it look at once; it looks every second anyway.
 */
export async function startRelay({ kv, topics, ...common }: RelayOptions): Promise<Relay> {
  await using stack = new AsyncDisposableStack()
  for (const [name, topic] of Object.entries(topics)) {
    const worker = await TopicWorker.create({ ...common, name, topic })
    stack.defer(() => worker.close())
    stack.use(await kv.subscribe(wakeChannel(name), () => worker.wake()))
  }
  const owned = stack.move()
  const close = () => owned.disposeAsync()
  return { close, [Symbol.asyncDispose]: close }
}
