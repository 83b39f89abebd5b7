export { type Effect, enqueue, enqueueLatest } from './enqueue.ts'
export { dropEffects, type OutboxRow, yieldToNewer } from './rows.ts'
export { type Relay, type RelayOptions, startRelay } from './start-relay.ts'
export { type Topic, Undeliverable } from './topic.ts'
