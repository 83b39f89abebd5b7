import { newId } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { type Lease, listUnarchived, moveMarks, releaseLeases, takeLeases } from '../stores/archive-state.ts'
import { archiveEvents } from './archive-events.ts'

const eventsPerBatch = 500

type ArchiverOptions = Pick<Context, 'sql' | 'archive'>

/**
 * Brings conversations to the archive, each under a lease of its own. Neither a lock nor a transaction is open while the
 * archive is written: who loses his lease meanwhile only writes what is there already, and moves no mark.
 */
export class Archiver {
  readonly #options: ArchiverOptions
  readonly #holder = newId()

  constructor(options: ArchiverOptions) {
    this.#options = options
  }

  /** Brings conversations all the way to the archive, and answers those for which that was possible. */
  async archive(conversationIds: readonly string[], signal: AbortSignal): Promise<Set<string>> {
    const { background } = this.#options.sql
    const holder = this.#holder
    const leases = await takeLeases(background, { conversationIds, holder })
    try {
      return await this.#archiveLeased(leases, signal)
    } finally {
      await releaseLeases(background, { conversationIds: leases.map((lease) => lease.conversation_id), holder })
    }
  }

  async #archiveLeased(leases: readonly Lease[], signal: AbortSignal): Promise<Set<string>> {
    const { sql, archive } = this.#options
    let held = leases
    while (held.length > 0 && !signal.aborted) {
      const events = await listUnarchived(sql.background, held, eventsPerBatch)
      await archiveEvents(archive, events)
      const newest = new Map(events.map(({ conversation_id, seq }) => [conversation_id, seq]))
      const moves = held.map((lease) => ({ ...lease, to: newest.get(lease.conversation_id) ?? lease.archived_seq }))
      held = await moveMarks(sql.background, { holder: this.#holder, moves })
      if (events.length < eventsPerBatch) return new Set(held.map(({ conversation_id }) => conversation_id))
    }
    return new Set()
  }
}
