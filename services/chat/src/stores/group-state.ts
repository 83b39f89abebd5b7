import { column, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

type Change = { conversationId: string; departed?: string; joined?: readonly string[] }

/** Has nothing be sent to an encrypted conversation before a commit that knows who is in it now. */
export async function requireRekey(tx: Transaction, change: Change): Promise<void> {
  const { conversationId, departed = null, joined = [] } = change
  await tx.execute`
    update conversations set rekey_required = true, departed_ids = array(
      select distinct user_id from unnest(array_append(departed_ids, ${departed}::uuid)) as user_id
      where user_id is not null and user_id <> all(${joined}::uuid[])
    )
    where conversation_id = ${conversationId}`
}

const Departed = Type.Object({ departed_ids: Type.Array(column.id) })

/** Who left since the last commit, and so still has the keys. */
export async function listDeparted(sql: Queries, conversationId: string): Promise<string[]> {
  const { departed_ids } = await sql.one(Departed)`
    select departed_ids from conversations where conversation_id = ${conversationId}`
  return departed_ids
}

const State = Type.Object({ group_epoch: column.integer, rekey_required: column.flag, ...Departed.properties })

/** Where the group of a conversation stands; undefined where it is not encrypted. */
export function findGroupState(sql: Queries, conversationId: string): Promise<Static<typeof State> | undefined> {
  return sql.maybeOne(State)`
    select group_epoch, rekey_required, departed_ids from conversations
    where conversation_id = ${conversationId} and is_e2ee_enabled`
}

/** Begins the next epoch of a conversation's keys. */
export async function beginEpoch(tx: Transaction, conversationId: string, groupEpoch: number): Promise<void> {
  await tx.execute`
    update conversations set group_epoch = ${groupEpoch}, rekey_required = false, departed_ids = '{}'
    where conversation_id = ${conversationId}`
}
