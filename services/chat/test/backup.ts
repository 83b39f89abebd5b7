import type { Sql } from '@secureconnect/sql'

const tables = [
  'archive_drops',
  'archive_state',
  'archived_messages',
  'conversation_log',
  'expiring_messages',
  'members',
  'sends',
]

/** Copies what the database has of a conversation; what is answered puts the copy back, as a restore would. */
export async function takeBackup(sql: Sql, conversationId: string): Promise<() => Promise<void>> {
  const suffix = conversationId.replaceAll('-', '')
  const of = `where conversation_id = '${conversationId}'`
  const copies = [...tables, 'conversations'].map((table) => [table, `${table}_${suffix}`] as const)
  await sql.runScript(copies.map(([table, copy]) => `create table ${copy} as select * from ${table} ${of};`).join('\n'))
  return async () => {
    const deletions = tables.map((table) => `delete from ${table} ${of};`)
    const insertions = tables.map((table) => `insert into ${table} select * from ${table}_${suffix};`)
    const head = `update conversations set log_epoch = copy.log_epoch, last_seq = copy.last_seq,
      message_count = copy.message_count, last_message_seq = copy.last_message_seq,
      history_start_seq = copy.history_start_seq
      from conversations_${suffix} copy where conversations.conversation_id = copy.conversation_id;`
    await sql.runScript([...deletions, ...insertions, head].join('\n'))
  }
}
