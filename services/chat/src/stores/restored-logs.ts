import { column, type Sql, type Transaction } from '@secureconnect/sql'
import { Type } from 'typebox'
import { anyLaterSeq } from './archive-drops.ts'

const rowsAtOnce = 5_000
const conversationsAtOnce = 500
/** Epochs count from this day where nobody says more: two restores of one backup, a day apart, must not be given one. */
const firstDay = '2026-01-01'

const Epoch = Type.Object({ epoch: column.integer })

/** An epoch that no event was ever given: above all that there are, `above`, and the days that went by. */
export async function nextEpoch(sql: Sql, above: number): Promise<number> {
  const { epoch } = await sql.one(Epoch)`
    select greatest(coalesce(max(log_epoch), 0) + 1, ${above}::bigint + 1,
      (extract(epoch from clock_timestamp() - ${firstDay}::timestamptz) / 86400)::bigint) as epoch
    from conversations`
  return epoch
}

const Place = Type.Object({ conversation_id: column.id, seq: column.integer })

/** Raises the epoch of some events after a place, and answers the last of them; undefined where there are no more. */
function raiseSomeEvents(sql: Sql, epoch: number, { conversation_id, seq }: { conversation_id: string; seq: number }) {
  return sql.maybeOne(Place)`
    with page as (
      select conversation_id, seq from conversation_log where (conversation_id, seq) > (${conversation_id}, ${seq})
      order by conversation_id, seq limit ${rowsAtOnce}
    ), raised as (
      update conversation_log set log_epoch = ${epoch} from page
      where conversation_log.conversation_id = page.conversation_id and conversation_log.seq = page.seq
    )
    select conversation_id, seq from page order by conversation_id desc, seq desc limit 1`
}

const lowestId = '00000000-0000-0000-0000-000000000000'

/** Raises the epoch of all events, so that what the archive gets of them counts for more than all that it had. */
export async function raiseEvents(sql: Sql, epoch: number): Promise<void> {
  let place: { conversation_id: string; seq: number } | undefined = { conversation_id: lowestId, seq: 0 }
  while (place) place = await raiseSomeEvents(sql, epoch, place)
}

const Id = Type.Object({ conversation_id: column.id })

async function raiseSomeHeads(tx: Transaction, epoch: number, after: string): Promise<string[]> {
  const raised = await tx.many(Id)`
    update conversations set log_epoch = ${epoch}, changed_at = clock_timestamp()
    where conversation_id in (
      select conversation_id from conversations where conversation_id > ${after}
      order by conversation_id limit ${conversationsAtOnce})
    returning conversation_id`
  const ids = raised.map(({ conversation_id }) => conversation_id)
  await tx.execute`
    insert into archive_drops (drop_id, conversation_id, after_seq, through_seq, applied)
    select gen_random_uuid(), conversation_id, log_start, ${anyLaterSeq}, ${epoch}::bigint * 1099511627776
    from archive_state where conversation_id = any(${ids}::uuid[])`
  await tx.execute`
    update archive_state set archived_seq = log_start, holder = null, lease_until = null
    where conversation_id = any(${ids}::uuid[])`
  return ids
}

/**
 * Raises the epoch of all conversations, and has the archive drop what it holds above the start of each log: the log has
 * all of that, as far as the restore did not undo it, and is archived anew. Answers how many conversations there are.
 */
export async function raiseHeads(sql: Sql, epoch: number): Promise<number> {
  let [count, after] = [0, lowestId]
  for (;;) {
    const ids = await sql.transaction((tx) => raiseSomeHeads(tx, epoch, after))
    count += ids.length
    if (ids.length < conversationsAtOnce) return count
    after = ids.toSorted().at(-1) ?? after
  }
}
