import type { Operation } from '@secureconnect/protocol'
import type { RouteInput } from '@secureconnect/service'

type Exchange = RouteInput<Operation>

/** The value of a cookie that a browser sent; undefined without it. */
export function readCookie({ headers }: Pick<Exchange['request'], 'headers'>, name: string): string | undefined {
  const start = `${name}=`
  const found = headers.cookie?.split(/; */).find((cookie) => cookie.startsWith(start))
  return found?.slice(start.length)
}

/** Gives a browser a cookie that only it can read, only over TLS, and only on requests that our own pages make. */
export function setCookie(
  reply: Exchange['reply'],
  { name, value, lifeMs }: { name: `__Host-${string}`; value: string; lifeMs: number },
): void {
  const maxAge = Math.floor(lifeMs / 1_000)
  reply.header('set-cookie', `${name}=${value}; Path=/; Max-Age=${maxAge}; Secure; HttpOnly; SameSite=Strict`)
}
