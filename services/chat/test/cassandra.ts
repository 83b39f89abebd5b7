import { type Client, types } from 'cassandra-driver'

/** All that Cassandra holds of a conversation, as text. */
export async function dumpConversation(client: Client, conversationId: string): Promise<string> {
  const query = 'select json * from secureconnect.messages where conversation_id = ? and bucket = 0'
  const { rows } = await client.execute(query, [types.Uuid.fromString(conversationId)], { prepare: true })
  return rows.map((row) => row.get(0)).join('\n')
}
