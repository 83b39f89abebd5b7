import { Check, Health } from '@secureconnect/protocol'
import { column, json, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const Checks = Type.Record(Type.String(), Check)
const Counts = Type.Record(Type.String(), Type.Number())

const HealthRow = Type.Object({
  service: column.text,
  instance: column.text,
  status: Health.properties.status,
  checks: Checks,
  counts: Counts,
  seen_at: column.timestamp,
  /** Whether the process told of itself lately; of one that did not, nobody knows how it is. */
  is_current: column.flag,
})

/** What a process last told of itself. */
export type HealthRow = Static<typeof HealthRow>

export type OwnHealth = Omit<HealthRow, 'seen_at' | 'is_current'>

/** Tells how the calling process is; rows of processes that are long gone go with it. */
export async function writeHealth(
  sql: Queries,
  { service, instance, status, checks, counts }: OwnHealth,
): Promise<void> {
  await sql.execute`
    insert into service_health (service, instance, status, checks, counts, seen_at)
    values (${service}, ${instance}, ${status}, ${json(checks)}, ${json(counts)}, clock_timestamp())
    on conflict (service, instance) do update
      set status = excluded.status, checks = excluded.checks, counts = excluded.counts, seen_at = excluded.seen_at`
  await sql.execute`
    delete from service_health where service = ${service} and seen_at < clock_timestamp() - interval '1 hour'`
}

/** How every process of every service is, by name. */
export function listHealth(sql: Queries): Promise<HealthRow[]> {
  return sql.many(HealthRow)`
    select service, instance, status, checks, counts, seen_at,
      seen_at > clock_timestamp() - interval '15 seconds' as is_current
    from service_health order by service, instance`
}
