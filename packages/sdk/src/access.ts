import type { Rest } from './rest.ts'
import type { Session } from './session.ts'
import type { Opening } from './socket/link.ts'
import { isBrowser } from './surroundings.ts'

/** What opens sockets of whoever is signed in; also for parts of the SDK that are loaded apart from the client. */
export type Access = {
  readonly session: Session
  /** How the socket at a path is opened this time; `isDoubtful` when the last one was refused before it said a word. */
  authorise(path: string, isDoubtful: boolean): Promise<Opening>
}

/** Opens sockets by a header, or in browsers, which send none, by a ticket. */
export function createAccess({ address, rest, session }: { address: string; rest: Rest; session: Session }): Access {
  return {
    session,
    async authorise(path, isDoubtful) {
      const url = new URL(path, address.replace(/^http/, 'ws'))
      if (isBrowser) {
        url.searchParams.set('ticket', (await rest.sessions.createSocketTicket()).ticket)
        return { url: url.href }
      }
      // Why a socket was refused is not told to clients; this answers whether it was the token, and mends that.
      if (isDoubtful) await rest.sessions.getProfile()
      return { url: url.href, headers: { authorization: `Bearer ${await session.getToken()}` } }
    },
  }
}
