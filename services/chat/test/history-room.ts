import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { parseConfig } from '@secureconnect/config'
import { captureLog } from '@secureconnect/logging/testing'
import type { Message } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { cassandraEnv } from '@secureconnect/test/cassandra'
import { Archiver } from '../src/archive/archiver.ts'
import { listMessages, type PagePlace, pageCursor } from '../src/history/list-messages.ts'
import { type Context, createContext, settings } from '../src/index.ts'
import { deleteMessage } from '../src/log/delete-message.ts'
import { createDraft } from '../src/log/draft.ts'
import { editMessage } from '../src/log/edit-message.ts'
import { sendMessage } from '../src/log/send-message.ts'
import { indexConversations } from '../src/search/index-conversations.ts'
import { type Asked, searchMessages } from '../src/search/search-messages.ts'
import { createRoom } from './create-room.ts'
import { createPlatform, type Engine, shareInSuite } from './test-chat.ts'
import { until } from './until.ts'

type Cleanup = { after: (work: () => unknown) => void }

/** What chat-service works with, without its background jobs: a test does by hand what they would do. */
export async function openContext(t: Cleanup, engine: Engine, more: Readonly<Record<string, string>> = {}) {
  const config = parseConfig(settings, { env: { JWT_SECRET: randomBytes(32).toString('hex'), ...more } })
  const { stream, lines } = captureLog()
  const platform = { ...(await createPlatform(t, engine)), logStream: stream }
  const context = await createContext(config, platform)
  t.after(() => context[Symbol.asyncDispose]())
  return { ...context, lines }
}

export type OpenContext = Awaited<ReturnType<typeof openContext>>

/** The same with messages archived in Cassandra, once that has its tables, which takes a while on a busy machine. */
export async function openOnCassandra(t: Cleanup, more: Readonly<Record<string, string>> = {}) {
  const context = await openContext(t, 'postgres', { ...(await cassandraEnv()), ...more })
  await until('the archive is there', () => context.archive.isAvailable, 30_000)
  return context
}

/** All the ways in which chat-service keeps its messages. */
const keepings: Readonly<Record<string, (t: Cleanup) => Promise<OpenContext>>> = {
  PGlite: (t) => openContext(t, 'pglite'),
  Postgres: (t) => openContext(t, 'postgres'),
  Cassandra: openOnCassandra,
}
export const allKeepings = Object.keys(keepings)

/** One context for all tests of a suite; each makes conversations of its own. */
export function shareContext(keeping: string): () => OpenContext {
  const open = keepings[keeping]
  assert.ok(open)
  return shareInSuite(open)
}

/** A search that leaves nothing out. */
export const anywhere = {
  conversationId: undefined,
  senderId: undefined,
  from: undefined,
  to: undefined,
  hasFiles: undefined,
  before: undefined,
} as const

/** A conversation with one member who talks to himself. */
export async function createHistoryRoom(context: Context) {
  const userId = newId()
  const conversationId = await createRoom({ context }, [{ userId }])
  const own = { conversationId, userId }
  const { sql } = context
  return {
    ...own,
    send: async (content: string, more: { expires_in_seconds?: number } = {}): Promise<Message> => {
      const body = { conversation_id: conversationId, content, message_type: 'text', ...more } as const
      return sendMessage(context, createDraft({ body, senderId: userId }))
    },
    edit: (messageId: string, content: string) => editMessage(context, { messageId, userId, edit: { content } }),
    delete: (messageId: string) => deleteMessage(context, { messageId, userId }),
    list: (place: PagePlace = { before: Number.MAX_SAFE_INTEGER }, limit = 100) =>
      listMessages(context, { ...own, place, limit }),
    toPlace: (cursor: string) => pageCursor.read(cursor),
    index: () => indexConversations(context, [conversationId], new AbortController().signal),
    find: (text: string, more: Partial<Asked> = {}) =>
      searchMessages(context, { ...anywhere, userId, text, limit: undefined, ...more }),
    archive: (archiver = new Archiver(context)) => archiver.archive([conversationId], new AbortController().signal),
    /** As if the log had been trimmed up to what the archive has. */
    async forgetLog() {
      await sql.execute`update archive_state set log_start = archived_seq where conversation_id = ${conversationId}`
      await sql.execute`
        delete from conversation_log where conversation_id = ${conversationId}
          and seq <= (select log_start from archive_state where conversation_id = ${conversationId})`
    },
  }
}

export type HistoryRoom = Awaited<ReturnType<typeof createHistoryRoom>>
