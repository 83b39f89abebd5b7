import type { LogEvent, StoredMessage } from '../log/log-event.ts'

/** Messages of one conversation: above `afterSeq`, up to and with `throughSeq`. */
export type ArchiveRange = {
  conversationId: string
  afterSeq: number
  throughSeq: number
  /** From which end, and in which order. */
  order: 'newest' | 'oldest'
  rows: number
}

/** Messages of one conversation, wherever they are. */
export type ArchivePlaces = { conversationId: string; seqs: readonly number[] }

export type Passed = Pick<LogEvent, 'conversation_id' | 'seq' | 'log_epoch'>

export type DropRange = Pick<ArchiveRange, 'conversationId' | 'afterSeq' | 'throughSeq'> & { applied: number }

/** Messages of a range in its order, without their earlier texts; `cutAt` is the last seq that was looked at, where the search ended too early. */
export type ArchivePage = { messages: StoredMessage[]; cutAt?: number }

/**
 * Where messages are once they leave the log. Each is stored as it is after every event up to its `applied`, and only
 * ever replaced by a later state, so that late and repeated writers are harmless. While it is away, all of these
 * throw HISTORY_UNAVAILABLE.
 */
export type Archive = {
  /** Whether it is taken to be there, for whoever reads. */
  readonly isAvailable: boolean
  /** Whether it is taken to store what it is given: it may be read and take no writes. */
  readonly takesWrites: boolean
  write(messages: readonly StoredMessage[]): Promise<void>
  /** Told of all events before what they made is written, so that a drop without an end knows how far there may be more. */
  pass(events: readonly Passed[]): Promise<void>
  list(range: ArchiveRange): Promise<ArchivePage>
  /** Those of some conversations that there are. */
  load(places: readonly ArchivePlaces[]): Promise<StoredMessage[]>
  /** Where a message is, if it was archived. */
  locate(messageId: string): Promise<{ conversationId: string; seq: number } | undefined>
  /** Removes messages for good; what was known of them before `applied` never returns. Fails where `signal` aborts it. */
  drop(range: DropRange, signal: AbortSignal): Promise<void>
}
