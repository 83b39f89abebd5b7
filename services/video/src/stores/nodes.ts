import { column, type Queries } from '@secureconnect/sql'
import { Type } from 'typebox'

/** Who has not been heard of for so long is gone. */
const silentMs = 10_000

const Holder = Type.Object({ holder: column.id })

export type NodeNews = { holder: string; node: string; takesRooms: boolean; load: number; webhooks: string | null }

/** Says of a process with rooms that it is there; what is said of those that are gone is forgotten. */
export async function writeNode(sql: Queries, { holder, node, takesRooms, load, webhooks }: NodeNews): Promise<void> {
  await sql.execute`delete from video_nodes where seen_at < now() - interval '1 minute'`
  await sql.execute`
    insert into video_nodes (holder, node, takes_rooms, load, webhooks)
    values (${holder}, ${node}, ${takesRooms}, ${load}, ${webhooks})
    on conflict (holder) do update
      set takes_rooms = excluded.takes_rooms, load = excluded.load, seen_at = clock_timestamp()`
}

export async function removeNode(sql: Queries, holder: string): Promise<void> {
  await sql.execute`delete from video_nodes where holder = ${holder}`
}

/** The node with least to do that takes rooms, of those beside a process; undefined where all have `below` to do, or more. */
export async function findOtherNode(
  sql: Queries,
  { holder, below = null }: { holder: string; below?: number | null },
): Promise<string | undefined> {
  const other = await sql.maybeOne(Type.Object({ node: column.text }))`
    select node from video_nodes
    where holder <> ${holder} and takes_rooms and load < coalesce(${below}::float8, 'infinity')
      and seen_at > clock_timestamp() - interval '1 millisecond' * ${silentMs}::float8
    order by load limit 1`
  return other?.node
}

/** Whether any process posts webhooks. */
export async function areWebhooksPosted(sql: Queries): Promise<boolean> {
  const posting = await sql.maybeOne(Holder)`select holder from video_nodes where webhooks is not null limit 1`
  return posting !== undefined
}

/** How many settings of webhooks the processes have that are there; without any is one of them. */
export async function countWebhookSettings(sql: Queries): Promise<number> {
  const { count } = await sql.one(Type.Object({ count: column.integer }))`
    select count(distinct coalesce(webhooks, '')) as count from video_nodes
    where seen_at > clock_timestamp() - interval '1 millisecond' * ${silentMs}::float8`
  return count
}
