import type { Login, Profile, Register, SignedIn, Tokens, User } from '@secureconnect/protocol'
import { operationRows } from './contract.ts'
import { isFinal } from './errors.ts'
import type { Exchange } from './exchange.ts'
import type { Rest, Row } from './rest.ts'
import { sendRequest } from './send-request.ts'
import type { Session } from './session.ts'
import type { Storage } from './storage.ts'
import { isBrowser } from './surroundings.ts'

const deviceKey = 'device'
/** Kept where the browser may still hold the cookie of a session that ended while nobody could be told. */
const signedOutKey = 'signed-out'

const asCookie = isBrowser ? { refresh_cookie: true } : {}

type SignInParts = { address: string; storage: Storage; rest: Rest; session: Session; exchange: Exchange }

/** How sessions begin and end, at the service and here. */
export function createSignIn({ address, storage, rest, session, exchange }: SignInParts) {
  /** Does what a token is needed for that is not the session's. */
  const sendWith = (token: string, row: Row) =>
    sendRequest({ row, input: {}, options: {}, address, token, sendsCookies: isBrowser })

  async function begin({ user, device_token, ...tokens }: SignedIn): Promise<User> {
    if (!isBrowser) await storage.write(deviceKey, device_token)
    await storage.remove(signedOutKey)
    await session.begin(user.user_id, tokens)
    return user
  }

  /** Answers undefined where the session is over. */
  function ifLive(tokens: Promise<Tokens>): Promise<Tokens | undefined> {
    return tokens.catch((error: unknown) => {
      if (isFinal(error)) return undefined
      throw error
    })
  }

  /** Tells the service of the end of a session that is forgotten here. */
  async function tellSignedOut(refreshToken?: string): Promise<void> {
    // Whether its answer is lost does not matter: nobody goes on with it.
    const tokens = await ifLive(
      rest.accounts.refresh(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    )
    if (tokens) await sendWith(tokens.access_token, operationRows.sessions.logout)
    await storage.remove(signedOutKey)
  }

  /** Whether the browser's cookie still opens the session of an earlier page. */
  async function restoreByCookie(): Promise<boolean> {
    if ((await storage.list(signedOutKey)).has(signedOutKey)) {
      await tellSignedOut()
      return false
    }
    const tokens = await ifLive(exchange(undefined))
    if (!tokens) return false
    const profile = await sendWith(tokens.access_token, operationRows.sessions.getProfile)
    await session.begin((profile as Profile).user_id, tokens)
    return true
  }

  return {
    async register(person: Omit<Register, 'refresh_cookie'>): Promise<User> {
      const answer = await rest.accounts.register({ ...person, ...asCookie })
      return 'access_token' in answer ? begin(answer) : answer.user
    },
    async signIn(credentials: Omit<Login, 'refresh_cookie'>): Promise<User> {
      const device_token = (await storage.list(deviceKey)).get(deviceKey)
      const known = device_token === undefined ? {} : { device_token }
      return begin(await rest.accounts.login({ ...asCookie, ...known, ...credentials }))
    },
    async restore(): Promise<boolean> {
      return (await session.restore()) || (isBrowser && restoreByCookie())
    },
    /** Ends the session here, whatever comes, and then at the service. */
    async end(): Promise<void> {
      if (isBrowser) await storage.write(signedOutKey, '')
      const ended = await session.end()
      if (ended) await tellSignedOut(ended.refreshToken)
    },
  }
}
