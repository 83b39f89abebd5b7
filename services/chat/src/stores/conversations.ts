import type { ConversationType } from '@secureconnect/protocol'
import { column, newId, type Queries, type Transaction } from '@secureconnect/sql'
import { Type } from 'typebox'

export type NewConversation = {
  type: ConversationType
  pair: string | null
  title: string | null
  createdBy: string
  isEncrypted: boolean
}

/** Adds a conversation that nobody is in yet. */
export async function insertConversation(tx: Transaction, conversation: NewConversation): Promise<string> {
  const { type, pair, title, createdBy, isEncrypted } = conversation
  const id = newId()
  await tx.execute`
    insert into conversations (conversation_id, type, pair, title, created_by, is_e2ee_enabled, member_count)
    values (${id}, ${type}, ${pair}, ${title}, ${createdBy}, ${isEncrypted}, 0)`
  await tx.execute`insert into archive_state (conversation_id) values (${id})`
  return id
}

const IdRow = Type.Object({ conversation_id: column.id })

/** The one conversation that two people have. */
export async function findDirect(sql: Queries, pair: string): Promise<string | undefined> {
  const row = await sql.maybeOne(IdRow)`select conversation_id from conversations where pair = ${pair}`
  return row?.conversation_id
}
