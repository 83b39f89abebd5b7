import { createHash } from 'node:crypto'
import type { Sql } from '@secureconnect/sql'
import type { AuditEvent } from './audit-event.ts'
import { dropUpTo, findFirstKept, type Link, listUnchained, lockEnds, moveHead, writeLinks } from './store.ts'

const eventsAtOnce = 500
const droppedAtOnce = 2_000
/** How long events are kept. */
export const retentionDays = 400

export type Place = { seq: number; prevHash: Buffer }

/** The hash of an event at its place: whatever of it changes, or what stands before it, the hash changes. */
export function hashEvent(event: AuditEvent, { seq, prevHash }: Place): Buffer {
  const content = JSON.stringify([
    seq,
    event.event_id,
    event.occurred_at.toISOString(),
    event.service,
    event.user_id,
    event.session_hash,
    event.resource,
    event.action,
    event.target_id,
    event.result,
    event.reason,
    event.client_ip,
    event.request_id,
    event.trace_id,
  ])
  return createHash('sha256').update(prevHash).update(content).digest()
}

/** Chains the events that wait, a batch of them; tells whether there may be more. */
export function extendChain(sql: Sql): Promise<boolean> {
  return sql.background.transaction(async (tx) => {
    const { last_seq: lastSeq, last_hash: lastHash } = await lockEnds(tx)
    let place: Place = { seq: lastSeq + 1, prevHash: lastHash }
    const links: Link[] = []
    for (const event of await listUnchained(tx, eventsAtOnce)) {
      const hash = hashEvent(event, place)
      links.push({ event_id: event.event_id, chain_seq: place.seq, prev_hash: place.prevHash, hash })
      place = { seq: place.seq + 1, prevHash: hash }
    }
    const head = links.at(-1)
    if (!head) return false
    await writeLinks(tx, links)
    await moveHead(tx, head)
    return links.length === eventsAtOnce
  })
}

/** Drops the events that are past their time, a batch of them from the chain's start; tells whether there may be more. */
export function trimChain(sql: Sql): Promise<boolean> {
  return sql.background.transaction(async (tx) => {
    const { last_seq: lastSeq, dropped_seq: droppedSeq } = await lockEnds(tx)
    const firstKept = (await findFirstKept(tx, retentionDays)) ?? lastSeq + 1
    const upTo = Math.min(firstKept - 1, droppedSeq + droppedAtOnce)
    if (upTo <= droppedSeq) return false
    await dropUpTo(tx, upTo)
    return upTo < firstKept - 1
  })
}
