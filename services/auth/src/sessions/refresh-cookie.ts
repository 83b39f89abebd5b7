import { lifetimes, refreshCookie as name, type Operation, type Tokens } from '@secureconnect/protocol'
import type { RouteInput } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { readCookie, setCookie } from '../cookies.ts'
import { getOurOrigin } from './our-pages.ts'

type Exchange = Pick<RouteInput<Operation>, 'request' | 'reply'>

/** The refresh token that a browser sent along; undefined when there is none. */
export function readRefreshCookie(request: Exchange['request']): string | undefined {
  return readCookie(request, name)
}

/** Takes the cookie from a browser that has it. */
export function clearRefreshCookie({ request, reply }: Exchange): void {
  if (readRefreshCookie(request) !== undefined) setCookie(reply, { name, value: '', lifeMs: 0 })
}

type Delivery = Exchange & { asCookie: boolean | undefined }
type Delivered<T extends Tokens> = Omit<T, 'refresh_token'> & Pick<Tokens, 'refresh_token'>

/**
 * Decides, before anything is done, how a client gets its refresh token: in the answer, or as a cookie that no script
 * can read and that only our own pages may ask for.
 */
export function createDelivery(context: Pick<Context, 'config'>, { asCookie = false, request, reply }: Delivery) {
  if (asCookie) getOurOrigin(context, request)
  return <T extends Tokens>(answer: T): Delivered<T> => {
    reply.header('cache-control', 'no-store')
    const { refresh_token: refreshToken, ...rest } = answer
    if (!asCookie || refreshToken === undefined) return answer
    setCookie(reply, { name, value: refreshToken, lifeMs: lifetimes.sessionIdleMs })
    return rest
  }
}
