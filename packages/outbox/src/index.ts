export { type Effect, enqueue } from './enqueue.ts'
export type { OutboxRow } from './rows.ts'
export { type Relay, type RelayOptions, startRelay } from './start-relay.ts'
export { type Topic, Undeliverable } from './topic.ts'
