import type { ServiceName } from '@secureconnect/protocol'
import type { Queries, Transaction } from '@secureconnect/sql'

export type JobKind = 'erase' | 'export'

/**
 * The services that hold something of a person, in the order in which they act. To join, a service adds itself before
 * auth-service and relays `jobTopics` with steps of its own; auth-service is last because it removes the account.
 */
export const participants: readonly ServiceName[] = ['chat-service', 'video-service', 'storage-service', 'auth-service']

/** Whose account it is, and where the step before stopped; undefined for the first one. */
export type Step = { userId: string; after: string | undefined }

export type Collected = {
  section: string
  items: readonly unknown[]
  /** Where the next step goes on; without it this was the last one. */
  next?: string
}

/**
 * What one service does for an account as a whole, in steps that should each take well below a second; effects outside
 * of the database are enqueued. A crash repeats at most a step that was not committed.
 */
export type AccountSteps = {
  /** Erases some of what there is, in a transaction; answers where the next step goes on, or nothing once all is gone. */
  erase: (tx: Transaction, step: Step & { messages: 'keep' | 'delete' }) => Promise<string | undefined>
  /** Collects some of what there is, with no transaction open; a section's pieces come one after the other. */
  collect: (sql: Queries, step: Step) => Promise<Collected>
}
