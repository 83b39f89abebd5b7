import { column, json, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { AuditEvent } from './audit-event.ts'

/** Adds events; one that is there already stays as it is, so that a write may be repeated. */
export async function insertEvents(sql: Queries, events: readonly AuditEvent[]): Promise<void> {
  await sql.execute`
    insert into audit_events (event_id, occurred_at, service, user_id, session_hash, resource, action, target_id,
      result, reason, client_ip, request_id, trace_id)
    select event_id, occurred_at, service, user_id, session_hash, resource, action, target_id,
      result, reason, client_ip, request_id, trace_id
    from jsonb_to_recordset(${json(events)}::jsonb) as event (event_id uuid, occurred_at timestamptz, service text,
      user_id uuid, session_hash text, resource text, action text, target_id uuid, result text,
      reason text, client_ip text, request_id text, trace_id text)
    on conflict (event_id) do nothing`
}

const ChainedEvent = Type.Object({
  ...AuditEvent.properties,
  chain_seq: column.integer,
  prev_hash: column.bytes,
  hash: column.bytes,
})
export type ChainedEvent = Static<typeof ChainedEvent>

const EventId = Type.Object({ event_id: column.id })

export async function listUnchainedIds(sql: Queries, limit: number): Promise<string[]> {
  const rows = await sql.many(EventId)`
    select event_id from audit_events where chain_seq is null order by event_id limit ${limit}`
  return rows.map((row) => row.event_id)
}

export function listUnchained(sql: Queries, limit: number): Promise<AuditEvent[]> {
  return sql.many(AuditEvent)`
    select event_id, occurred_at, service, user_id, session_hash, resource, action, target_id,
      result, reason, client_ip, request_id, trace_id
    from audit_events where chain_seq is null order by event_id limit ${limit}`
}

export function listChained(sql: Queries, afterSeq: number, limit: number): Promise<ChainedEvent[]> {
  return sql.many(ChainedEvent)`
    select event_id, occurred_at, service, user_id, session_hash, resource, action, target_id,
      result, reason, client_ip, request_id, trace_id, chain_seq, prev_hash, hash
    from audit_events where chain_seq > ${afterSeq} order by chain_seq limit ${limit}`
}

export type Link = { event_id: string; chain_seq: number; prev_hash: Buffer; hash: Buffer }

/** Gives events their places in the chain. */
export async function writeLinks(tx: Transaction, links: readonly Link[]): Promise<void> {
  await tx.execute`
    update audit_events set chain_seq = link.chain_seq, prev_hash = link.prev_hash, hash = link.hash
    from (select unnest(${links.map((link) => link.event_id)}::uuid[]) as event_id,
        unnest(${links.map((link) => link.chain_seq)}::bigint[]) as chain_seq,
        unnest(${links.map((link) => link.prev_hash)}::bytea[]) as prev_hash,
        unnest(${links.map((link) => link.hash)}::bytea[]) as hash) as link
    where audit_events.event_id = link.event_id and audit_events.chain_seq is null`
}

const ChainEnds = Type.Object({
  last_seq: column.integer,
  last_hash: column.bytes,
  dropped_seq: column.integer,
  dropped_hash: column.bytes,
})
export type ChainEnds = Static<typeof ChainEnds>

export function loadEnds(sql: Queries): Promise<ChainEnds> {
  return sql.one(ChainEnds)`
    select last_seq, last_hash, dropped_seq, dropped_hash from audit_chain where name = 'audit'`
}

export function lockEnds(tx: Transaction): Promise<ChainEnds> {
  return tx.one(ChainEnds)`
    select last_seq, last_hash, dropped_seq, dropped_hash from audit_chain where name = 'audit' for update`
}

export async function moveHead(tx: Transaction, { chain_seq: seq, hash }: Link): Promise<void> {
  await tx.execute`update audit_chain set last_seq = ${seq}, last_hash = ${hash} where name = 'audit'`
}

/** Takes or keeps the right to work on the chain, so that the other processes need not try. */
export async function holdLease(sql: Queries, holder: string, leaseMs: number): Promise<boolean> {
  const count = await sql.execute`
    update audit_chain set holder = ${holder},
      lease_until = clock_timestamp() + interval '1 millisecond' * ${leaseMs}::float8
    where name = 'audit' and (holder = ${holder} or lease_until < clock_timestamp())`
  return count === 1
}

export async function releaseLease(sql: Queries, holder: string): Promise<void> {
  await sql.execute`
    update audit_chain set lease_until = clock_timestamp() where name = 'audit' and holder = ${holder}`
}

const Boundary = Type.Object({ first_kept: column.nullable(column.integer) })

/** The first place in the chain whose event is still within its time. */
export async function findFirstKept(tx: Transaction, days: number): Promise<number | undefined> {
  const { first_kept: seq } = await tx.one(Boundary)`
    select min(chain_seq) as first_kept from audit_events
    where chain_seq is not null and occurred_at >= now() - interval '1 day' * ${days}::float8`
  return seq ?? undefined
}

const Hash = Type.Object({ hash: column.bytes })

/** Drops the chain's oldest events; the hash of the last one stays, so that what follows can still be proved. */
export async function dropUpTo(tx: Transaction, seq: number): Promise<void> {
  const { hash } = await tx.one(Hash)`select hash from audit_events where chain_seq = ${seq}`
  await tx.execute`delete from audit_events where chain_seq <= ${seq}`
  await tx.execute`update audit_chain set dropped_seq = ${seq}, dropped_hash = ${hash} where name = 'audit'`
}
