import { AppError } from '@secureconnect/errors'
import type { Transaction } from '@secureconnect/sql'
import type { OutboxRow } from './rows.ts'

/** How a topic's effects are carried out, and how often that is tried. */
export type Topic = (Delivery | Application | Preparation) & {
  /** Effects under way at once, each of another key. */
  atOnce?: number
  /** Given up after so many; with the waits between them, the usual number takes some three hours. */
  attempts?: number
  /** Longest that one attempt may take. */
  timeoutMs?: number
  /** While this says no, rows wait without being tried: what they need is known to be away. */
  isReady?: () => boolean
}

/** An effect outside of SQL happens at least once: a crash between it and the row's removal repeats it. */
type Delivery = { deliver: (row: OutboxRow, signal: AbortSignal) => Promise<void> }

/** An effect in SQL happens exactly once: it is part of the transaction that removes the row. */
type Application = { apply: (tx: Transaction, row: OutboxRow) => Promise<void> }

/** The same for one that needs what others hold: it asks them first, and no transaction is open while they answer. */
type Preparation = { prepare: (row: OutboxRow, signal: AbortSignal) => Promise<(tx: Transaction) => Promise<void>> }

export const topicDefaults = { atOnce: 4, attempts: 20, timeoutMs: 30_000 } as const

/** Thrown by a handler for what no further attempt can change: the row is given up at once. */
export class Undeliverable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Undeliverable'
  }
}

const firstDelayMs = 1_000
const longestDelayMs = 900_000

/**
 * The wait after the given attempt: twice as long each time, with half of it random so that rows spread out; and no
 * less than the error asks for.
 */
export function pickDelayMs(attempts: number, error?: unknown): number {
  const fullMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (attempts - 1))
  const askedMs = error instanceof AppError ? (error.retryAfterMs ?? 0) : 0
  return Math.max(askedMs, fullMs * (0.5 + Math.random() / 2))
}
