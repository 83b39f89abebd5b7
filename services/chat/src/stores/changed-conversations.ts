import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { OwnRow } from './own-conversations.ts'

const Now = Type.Object({ now_us: column.integer })

/** The database's time in microseconds, by which changes are found. */
export async function loadNowUs(sql: Queries): Promise<number> {
  const { now_us } = await sql.one(Now)`select (extract(epoch from clock_timestamp()) * 1000000)::bigint as now_us`
  return now_us
}

const ChangedRow = Type.Object({
  ...OwnRow.properties,
  left_at: column.nullable(column.timestamp),
  changed_us: column.integer,
})

/** A conversation that changed, or that somebody left. */
export type ChangedRow = Static<typeof ChangedRow>

type Changes = {
  userId: string
  since: number
  until: number
  after: { us: number; id: string } | undefined
  rows: number
}

/** What changed in somebody's conversations, the earliest change first; since 0, all that he is in. */
export function listChanged(sql: Queries, { userId, since, until, after, rows }: Changes): Promise<ChangedRow[]> {
  return sql.many(ChangedRow)`
    select * from own_conversations
    where user_id = ${userId} and changed_us > ${since} and changed_us <= ${until}
      and (left_at is null or ${since}::bigint > 0)
      and (${after?.us ?? null}::bigint is null
        or (changed_us, conversation_id) > (${after?.us ?? null}::bigint, ${after?.id ?? null}::uuid))
    order by changed_us, conversation_id
    limit ${rows}`
}
