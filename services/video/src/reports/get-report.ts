import type { CallReport } from '@secureconnect/protocol'
import { getCall } from '../calls/find-call.ts'
import { toCallFor } from '../calls/to-call.ts'
import type { Context } from '../context.ts'
import type { CallPlace } from '../stores/calls.ts'
import { loadStays } from './describe-stays.ts'

/**
 * How a call went, for somebody who may know of it. When people were in it and how well they were heard he was told while
 * it went on; by which networks they came is for hosts.
 */
export async function getReport(context: Pick<Context, 'sql' | 'kv'>, place: CallPlace): Promise<CallReport> {
  const state = await getCall(context, place)
  const { stays, ...rest } = await loadStays(context.sql, state.call)
  const wasHost = stays.some(({ user_id, role }) => user_id === place.userId && role === 'host')
  const seen = stays.map((stay) => (wasHost || stay.user_id === place.userId ? stay : { ...stay, line: null }))
  return {
    call: toCallFor(state, place.userId),
    reported_at: state.call.reported_at?.toISOString() ?? null,
    ...rest,
    stays: seen,
    invites: state.invites.map(({ user_id, status }) => ({ user_id, status })),
  }
}
