import { AppError } from '@secureconnect/errors'
import type { Context } from '../context.ts'
import { followChanges } from '../follow-changes.ts'
import { listUnindexedConversations } from '../stores/index-state.ts'
import { indexConversations } from './index-conversations.ts'

/** Makes what is written and edited findable within a second or two; what is deleted is gone from the search before. */
export function runIndexer({ sql, log }: Pick<Context, 'sql' | 'log'>): AsyncDisposable {
  return followChanges({
    name: 'indexer',
    sql,
    log,
    listPending: (changes) => listUnindexedConversations(sql.background, changes),
    bringOn: (ids, signal) => indexConversations({ sql }, ids, signal),
    // The database tells so of itself alone.
    isAway: (error) => error instanceof AppError,
  })
}
