import { column, newId, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const ArchiveDrop = Type.Object({
  drop_id: column.id,
  conversation_id: column.id,
  after_seq: column.integer,
  through_seq: column.integer,
  applied: column.integer,
})

/** Messages that are to leave the archive for good, as far as they were written before `applied`. */
export type ArchiveDrop = Static<typeof ArchiveDrop>

/** The end of a drop that takes whatever there is after its beginning: nobody knows how far that goes. */
export const anyLaterSeq = Number.MAX_SAFE_INTEGER

/** Has messages removed from the archive soon, or once it is back. */
export async function askForDrop(sql: Queries, drop: Omit<ArchiveDrop, 'drop_id'>): Promise<void> {
  await sql.execute`
    insert into archive_drops (drop_id, conversation_id, after_seq, through_seq, applied)
    values (${newId()}, ${drop.conversation_id}, ${drop.after_seq}, ${drop.through_seq}, ${drop.applied})`
}

/** What is to be removed, after one of them; not before those are done who were writing when it was asked for. */
export function listDrops(sql: Queries, { after, rows }: { after: string; rows: number }): Promise<ArchiveDrop[]> {
  return sql.many(ArchiveDrop)`
    select drop_id, conversation_id, after_seq, through_seq, applied from archive_drops
    where drop_id > ${after} and created_at < now() - interval '4 seconds'
    order by drop_id limit ${rows}`
}

export async function forgetDrop(sql: Queries, dropId: string): Promise<void> {
  await sql.execute`delete from archive_drops where drop_id = ${dropId}`
}
