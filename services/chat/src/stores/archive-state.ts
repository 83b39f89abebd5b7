import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const Marks = Type.Object({ log_start: column.integer, archived_seq: column.integer })

/** The log holds every event above `log_start`; the archive has every one up to `archived_seq`. */
export type Marks = Static<typeof Marks>

export async function findMarks(sql: Queries, conversationId: string): Promise<Marks> {
  const marks = await sql.maybeOne(Marks)`
    select log_start, archived_seq from archive_state where conversation_id = ${conversationId}`
  return marks ?? { log_start: 0, archived_seq: 0 }
}
