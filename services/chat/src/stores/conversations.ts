import { type ConversationType, HistoryRule } from '@secureconnect/protocol'
import { column, newId, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

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

/** Lets the two people of a conversation have another one. */
export async function freePair(tx: Transaction, conversationId: string): Promise<void> {
  await tx.execute`update conversations set pair = null where conversation_id = ${conversationId}`
}

const Features = Type.Object({
  title: column.nullable(column.text),
  avatar_url: column.nullable(column.text),
  is_e2ee_enabled: column.flag,
  message_ttl_seconds: column.nullable(column.integer),
  retention_days: column.nullable(column.integer),
  history: HistoryRule,
})

/** What members can change of a conversation. */
export type Features = Static<typeof Features>

export function findFeatures(sql: Queries, conversationId: string): Promise<Features | undefined> {
  return sql.maybeOne(Features)`
    select title, avatar_url, is_e2ee_enabled, message_ttl_seconds, retention_days, history
    from conversations where conversation_id = ${conversationId}`
}

export async function saveFeatures(tx: Transaction, conversationId: string, features: Features): Promise<void> {
  const { title, avatar_url, is_e2ee_enabled, message_ttl_seconds, retention_days, history } = features
  await tx.execute`
    update conversations set title = ${title}, avatar_url = ${avatar_url}, is_e2ee_enabled = ${is_e2ee_enabled},
      rekey_required = rekey_required or (${is_e2ee_enabled} and not is_e2ee_enabled),
      message_ttl_seconds = ${message_ttl_seconds}, retention_days = ${retention_days}, history = ${history}
    where conversation_id = ${conversationId}`
}

const Company = Type.Object({
  type: Type.Union([Type.Literal('direct'), Type.Literal('group')]),
  pair: column.nullable(column.text),
  member_count: column.integer,
})

/** Whose conversation it is, and how many are in it. */
export function findCompany(sql: Queries, conversationId: string): Promise<Static<typeof Company> | undefined> {
  return sql.maybeOne(Company)`
    select type, pair, member_count from conversations where conversation_id = ${conversationId}`
}
