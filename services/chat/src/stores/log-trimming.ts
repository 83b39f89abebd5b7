import { column, type Queries } from '@secureconnect/sql'
import { Type } from 'typebox'

/** So many of the newest events stay in the log, however old they are. */
const keptEvents = 1_000
const eventsPerTrim = 2_000
/** Fewer are not worth the work. */
const worthwhileEvents = 100

/** Conversations whose logs have become too long: more than enough that is archived and found, and older than a day. */
export async function listTrimmable(sql: Queries): Promise<string[]> {
  const rows = await sql.many(Type.Object({ conversation_id: column.id }))`
    select state.conversation_id from archive_state state
    join conversations using (conversation_id)
    join conversation_log log on log.conversation_id = state.conversation_id and log.seq = state.log_start + 1
    where state.log_start + ${worthwhileEvents}::bigint <= least(archived_seq, indexed_seq, last_seq - ${keptEvents}::bigint)
      and log.created_at < now() - interval '24 hours'
    limit 100`
  return rows.map(({ conversation_id }) => conversation_id)
}

/** Lets go of the oldest part of a log that the archive and the search have, and tells how much that was. */
export function trimLog(sql: Queries, conversationId: string): Promise<number> {
  return sql.execute`
    with state as (
      select log_start, archived_seq, indexed_seq from archive_state where conversation_id = ${conversationId} for update
    ), young as (
      select min(seq) as seq from conversation_log
      where conversation_id = ${conversationId} and created_at >= now() - interval '24 hours'
        and seq <= (select log_start from state) + ${eventsPerTrim}::bigint
    ), bounds as (
      select least(archived_seq, indexed_seq, last_seq - ${keptEvents}::bigint, log_start + ${eventsPerTrim}::bigint,
        coalesce(young.seq - 1, last_seq)) as cut
      from state, young, conversations where conversation_id = ${conversationId}
    ), moved as (
      update archive_state set log_start = cut from bounds
      where conversation_id = ${conversationId} and cut > log_start
      returning cut
    )
    delete from conversation_log where conversation_id = ${conversationId} and seq <= (select cut from moved)`
}
