import { ApiError } from '../errors.ts'
import type { Rest } from '../rest.ts'
import { toPath } from './signaling.ts'

type Finding = { calls: Pick<Rest['calls'], 'get'> }

/** Where a call is now, which is asked without coming into it. */
export async function findPath({ calls }: Finding, callId: string): Promise<string> {
  const { signaling_url } = await calls.get({ call_id: callId })
  if (signaling_url === null) throw new ApiError({ code: 'CALL_ENDED', message: 'The call is over.' })
  return toPath(signaling_url)
}
