import { AuditEvent } from '@secureconnect/audit'
import { AuditResult } from '@secureconnect/protocol'
import { column, type Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

/** Each part narrows the list; those that are missing do not. */
export type AuditFilter = {
  userId: string | undefined
  targetId: string | undefined
  resource: string | undefined
  action: string | undefined
  result: AuditResult | undefined
  service: string | undefined
  from: Date | undefined
  to: Date | undefined
}

export type AuditPage = {
  /** The last event of the page before. */
  after: { at: Date; id: string } | undefined
  rows: number
}

/** Lists audit events, newest first. */
export function listAuditEvents(sql: Queries, filter: AuditFilter, { after, rows }: AuditPage): Promise<AuditEvent[]> {
  const { userId = null, targetId = null, resource = null, action = null } = filter
  const { result = null, service = null, from = null, to = null } = filter
  return sql.many(AuditEvent)`
    select event_id, occurred_at, service, user_id, session_hash, resource, action, target_id, result, reason,
      client_ip, request_id, trace_id
    from audit_events
    where (${userId}::uuid is null or user_id = ${userId}::uuid)
      and (${targetId}::uuid is null or target_id = ${targetId}::uuid)
      and (${resource}::text is null or resource = ${resource})
      and (${action}::text is null or action = ${action})
      and (${result}::text is null or result = ${result})
      and (${service}::text is null or service = ${service})
      and (${from}::timestamptz is null or occurred_at >= ${from}::timestamptz)
      and (${to}::timestamptz is null or occurred_at < ${to}::timestamptz)
      and (${after?.id ?? null}::uuid is null
        or (occurred_at, event_id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    order by occurred_at desc, event_id desc
    limit ${rows}`
}

const OwnAuditRow = Type.Object({
  timestamp: column.timestamp,
  resource: column.text,
  action: column.text,
  result: AuditResult,
  reason: column.nullable(column.text),
  client_ip: column.nullable(column.text),
})
export type OwnAuditRow = Static<typeof OwnAuditRow>

/**
 * Lists what a person did and what was done to his account, newest first. What other people decided about him, such as
 * a block, is theirs; and so is the address of whoever ended his sessions or acted as an administrator.
 */
export function listOwnAuditEvents(sql: Queries, userId: string, rows: number): Promise<OwnAuditRow[]> {
  return sql.many(OwnAuditRow)`
    with own as (
      select occurred_at, event_id, resource, action, result, reason,
        case when action <> 'revoke' then client_ip end as client_ip
      from audit_events where user_id = ${userId}
      order by occurred_at desc limit ${rows}
    ), suffered as (
      select occurred_at, event_id, resource, action, result, reason,
        case when user_id is null then client_ip end as client_ip
      from audit_events
      where target_id = ${userId} and user_id is distinct from ${userId} and (user_id is null or resource = 'user')
      order by occurred_at desc limit ${rows}
    )
    select occurred_at as timestamp, resource, action, result, reason, client_ip
    from (select * from own union all select * from suffered) as events
    order by occurred_at desc, event_id desc
    limit ${rows}`
}
