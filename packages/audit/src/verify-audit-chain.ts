import type { Sql } from '@secureconnect/sql'
import { hashEvent, type Place } from './chain.ts'
import { type ChainedEvent, listChained, listUnchainedIds, loadEnds } from './store.ts'

export type AuditFault = {
  /** Where in the chain. */
  seq: number
  kind: 'missing' | 'altered' | 'wrong end'
  eventId?: string
}

export type AuditProof = {
  isIntact: boolean
  checked: number
  /** What is wrong with the chain; after a gap it is followed on from what is there. */
  faults: AuditFault[]
  /** Rows that the chain has not reached yet. */
  pendingIds: string[]
}

const eventsAtOnce = 1_000

/** Compares one event with its place in the chain. */
function findFault(event: ChainedEvent, { seq, prevHash }: Place): AuditFault | undefined {
  if (event.chain_seq !== seq) return { seq, kind: 'missing' }
  const isWhole = event.prev_hash.equals(prevHash) && event.hash.equals(hashEvent(event, { seq, prevHash }))
  return isWhole ? undefined : { seq, kind: 'altered', eventId: event.event_id }
}

/** Goes through the whole chain and proves that no event was changed, taken out or put in. */
export async function verifyAuditChain(sql: Sql): Promise<AuditProof> {
  const ends = await loadEnds(sql.background)
  const faults: AuditFault[] = []
  let place: Place = { seq: ends.dropped_seq + 1, prevHash: ends.dropped_hash }
  let checked = 0
  for (;;) {
    const events = await listChained(sql.background, place.seq - 1, eventsAtOnce)
    const inReach = events.filter((event) => event.chain_seq <= ends.last_seq)
    for (const event of inReach) {
      const fault = findFault(event, place)
      if (fault) faults.push(fault)
      place = { seq: event.chain_seq + 1, prevHash: event.hash }
      checked++
    }
    if (inReach.length < eventsAtOnce) break
  }
  if (place.seq !== ends.last_seq + 1 || !place.prevHash.equals(ends.last_hash)) {
    faults.push({ seq: ends.last_seq, kind: 'wrong end' })
  }
  const pendingIds = await listUnchainedIds(sql.background, eventsAtOnce)
  return { isIntact: faults.length === 0, checked, faults, pendingIds }
}
