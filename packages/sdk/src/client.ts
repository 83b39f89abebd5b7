import type { Login, Profile, Register, SignedIn, User } from '@secureconnect/protocol'
import { Chat } from './chat/chat.ts'
import type { Opening } from './chat/link.ts'
import { operationRows, socketPaths } from './contract.ts'
import { ApiError } from './errors.ts'
import { buildRest, type Call, type Rest } from './rest.ts'
import { sendRequest } from './send-request.ts'
import { createSession, type Session } from './session.ts'
import { createBrowserStorage, createMemoryStorage, type Storage } from './storage.ts'
import { isBrowser } from './surroundings.ts'

export type ClientOptions = {
  /** Where the gateway is, such as `https://chat.example.org`. */
  address: string
  /** What outlives the process or page; without it, the browser's own storage, and elsewhere nothing. */
  storage?: Storage
}

export type Client = Disposable & {
  /** Every REST operation, by group and name. */
  readonly rest: Rest
  readonly chat: Chat
  /** Who is signed in. */
  readonly userId: string | undefined
  /** Makes an account and signs in, unless its address has to be confirmed first. */
  register(person: Omit<Register, 'refresh_cookie'>): Promise<User>
  signIn(credentials: Omit<Login, 'refresh_cookie'>): Promise<User>
  /** Goes on with the session that an earlier page or process had; false when there is none. */
  restore(): Promise<boolean>
  /** Ends the session, and forgets what was to be sent. */
  signOut(): Promise<void>
  /** Calls `listener` when the session has ended, whoever ended it. */
  onSignedOut(listener: () => void): () => void
  close(): void
}

const deviceKey = 'device'

function isJudgedBad(error: unknown): error is ApiError {
  return error instanceof ApiError && ['UNAUTHORIZED', 'TOKEN_EXPIRED', 'TOKEN_REVOKED'].includes(error.code)
}

/** Sends requests as whoever is signed in, with a fresh token where the one at hand is judged bad. */
function createSender(address: string, getSession: () => Session): (call: Call) => Promise<unknown> {
  const send = (call: Call, token?: string) => sendRequest({ ...call, address, token, sendsCookies: isBrowser })
  return async (call) => {
    const [caller] = call.row
    if (caller === 'public') return send(call)
    const session = getSession()
    try {
      return await send(call, await session.getToken())
    } catch (error) {
      if (!isJudgedBad(error) || session.userId === undefined) throw error
      if (error.code !== 'TOKEN_REVOKED') return send(call, await session.renew())
      await session.end()
      throw error
    }
  }
}

/** How the chat's socket is opened: by a header, or in browsers, which send none, by a ticket. */
function createOpening(address: string, rest: Rest, session: Session) {
  const url = `${address.replace(/^http/, 'ws')}${socketPaths.chat}`
  return async (isDoubtful: boolean): Promise<Opening> => {
    if (isBrowser) return { url: `${url}?ticket=${(await rest.sessions.createSocketTicket()).ticket}` }
    // Why a socket was refused is not told to clients; this answers whether it was the token, and mends that.
    if (isDoubtful) await rest.sessions.getProfile()
    return { url, headers: { authorization: `Bearer ${await session.getToken()}` } }
  }
}

/** A client of one SecureConnect, for one person at a time. */
export function createClient({ address: given, storage = createStorage() }: ClientOptions): Client {
  const address = given.replace(/\/+$/, '')
  const session = createSession({
    storage,
    exchange: (refresh_token) => rest.accounts.refresh(refresh_token === undefined ? {} : { refresh_token }),
  })
  const send = createSender(address, () => session)
  const rest = buildRest(send)
  const authorise = createOpening(address, rest, session)
  const chat = new Chat({ session, storage, authorise, sendByRest: (draft) => rest.messages.send(draft) })

  chat.on('state', (state) => {
    const isSentAway = state.status === 'closed' && state.reason === 'forbidden'
    // Asked whether the session still counts, the service says so, and an end of it is told as any other.
    if (isSentAway && session.userId !== undefined) rest.sessions.getProfile().catch(() => undefined)
  })

  async function begin({ user, device_token, ...tokens }: SignedIn): Promise<User> {
    if (!isBrowser) await storage.write(deviceKey, device_token)
    await session.begin(user.user_id, tokens)
    return user
  }

  /** Whether the browser's cookie still opens the session of an earlier page. */
  async function restoreByCookie(): Promise<boolean> {
    const tokens = await rest.accounts.refresh({}).catch((error: unknown) => {
      if (error instanceof ApiError && error.status < 500 && error.status !== 429) return undefined
      throw error
    })
    if (!tokens) return false
    const call = { row: operationRows.sessions.getProfile, input: {}, options: {} }
    const profile = await sendRequest({ ...call, address, token: tokens.access_token, sendsCookies: true })
    await session.begin((profile as Profile).user_id, tokens)
    return true
  }

  return {
    rest,
    chat,
    get userId() {
      return session.userId
    },
    async register(person) {
      const answer = await rest.accounts.register({ ...person, ...(isBrowser && { refresh_cookie: true }) })
      return 'access_token' in answer ? begin(answer) : answer.user
    },
    async signIn(credentials) {
      const [device_token] = await storage.list(deviceKey)
      const own = { ...(isBrowser && { refresh_cookie: true }), ...(device_token !== undefined && { device_token }) }
      return begin(await rest.accounts.login({ ...own, ...credentials }))
    },
    async restore() {
      return (await session.restore()) || (isBrowser && restoreByCookie())
    },
    async signOut() {
      await chat.forget()
      await rest.sessions.logout()
      await session.end()
    },
    onSignedOut: (listener) => session.on('ended', listener),
    close: () => chat.close(),
    [Symbol.dispose]: () => chat.close(),
  }
}

function createStorage(): Storage {
  return isBrowser && 'localStorage' in globalThis ? createBrowserStorage() : createMemoryStorage()
}
