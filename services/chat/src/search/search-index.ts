import type { Queries, Transaction } from '@secureconnect/sql'
import type { MessagePlace } from '../stores/logged-messages.ts'
import type { SoughtTerm } from './sought.ts'

/** What a message is found by. */
export type SearchEntry = {
  conversation_id: string
  seq: number
  sender_id: string
  has_files: boolean
  created_at: Date
  expires_at: Date | null
  terms: readonly string[]
}

/** The terms of an entry that is there, after its message was edited. */
export type ChangedEntry = Pick<SearchEntry, 'conversation_id' | 'seq' | 'terms'>

/** What is looked for, by whom, and where. */
export type Search = {
  userId: string
  terms: readonly SoughtTerm[]
  /** Without it all conversations that he is in. */
  conversationId: string | undefined
  senderId: string | undefined
  from: Date | undefined
  to: Date | undefined
  hasFiles: boolean | undefined
  /** The last one of the page before. */
  before: HitPlace | undefined
  rows: number
}

/** Where a hit stands among all: by its time, and in its conversation. */
export type HitPlace = MessagePlace & { created_at: Date }

/**
 * Leads from words to the messages that may hold them. It is part of the database, because what is deleted has to leave
 * it at the same moment; another engine would have to do the same.
 */
export type SearchIndex = {
  add: (tx: Transaction, entries: readonly SearchEntry[]) => Promise<void>
  change: (tx: Transaction, entries: readonly ChangedEntry[]) => Promise<void>
  /** Removes a message, and lets nobody who is just adding it bring it back. */
  remove: (tx: Transaction, message: { conversationId: string; seq: number }) => Promise<void>
  /** Messages with all terms that the person may read now, newest first. */
  find: (sql: Queries, search: Search) => Promise<HitPlace[]>
}
