import type { AccountSteps } from '@secureconnect/account-jobs'
import { Uuid } from '@secureconnect/protocol'
import { createCursor } from '@secureconnect/service'
import type { Queries } from '@secureconnect/sql'
import { Type } from 'typebox'
import { listAllCallsOf, listAllStaysOf } from '../stores/account-rows.ts'

const rowsPerStep = 500

/** After which call, or which stay in one, the next step goes on. */
const place = createCursor(
  Type.Object({ call: Type.Optional(Uuid), stay: Type.Optional(Type.Union([Uuid, Type.Null()])) }),
)

/** Collects the calls that somebody made and got, then when he was in them. */
export async function collectCalls(
  sql: Queries,
  { userId, after }: Parameters<AccountSteps['collect']>[1],
): ReturnType<AccountSteps['collect']> {
  const { call, stay } = place.read(after) ?? {}
  if (stay === undefined) {
    const items = await listAllCallsOf(sql, { userId, after: call, rows: rowsPerStep })
    const last = items.length === rowsPerStep ? items.at(-1)?.call_id : undefined
    return { section: 'calls', items, next: place.write(last === undefined ? { stay: null } : { call: last }) }
  }
  const items = await listAllStaysOf(sql, { userId, after: stay ?? undefined, rows: rowsPerStep })
  const last = items.length === rowsPerStep ? items.at(-1)?.participant_id : undefined
  return { section: 'call_stays', items, ...(last !== undefined && { next: place.write({ stay: last }) }) }
}
