import type { Login, Register, User } from '@secureconnect/protocol'
import { type Access, createAccess } from './access.ts'
import { Chat } from './chat/chat.ts'
import { socketPaths } from './contract.ts'
import { ApiError } from './errors.ts'
import { createExchange } from './exchange.ts'
import { createFiles, type Files } from './files/files.ts'
import { buildRest, type Call, type Rest } from './rest.ts'
import { sendRequest } from './send-request.ts'
import { createSession, type Session } from './session.ts'
import { createSignIn } from './sign-in.ts'
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
  readonly files: Files
  /** For the parts of the SDK that are loaded apart, as calls are. */
  readonly access: Access
  /** Who is signed in. */
  readonly userId: string | undefined
  /** Makes an account and signs in, unless its address has to be confirmed first. */
  register(person: Omit<Register, 'refresh_cookie'>): Promise<User>
  signIn(credentials: Omit<Login, 'refresh_cookie'>): Promise<User>
  /** Goes on with the session that an earlier page or process kept; the first request tells whether it still counts. */
  restore(): Promise<boolean>
  /**
   * Ends the session, and forgets what was to be sent. That is so here even where this is rejected, because the service
   * could not be told: there the session lives on until it is ended elsewhere, or has not been used for long enough.
   */
  signOut(): Promise<void>
  /** Calls `listener` when the session has ended, whoever ended it. */
  onSignedOut(listener: () => void): () => void
  close(): void
}

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

/** A client of one SecureConnect, for one person at a time. */
export function createClient({ address: given, storage = createStorage() }: ClientOptions): Client {
  const address = given.replace(/\/+$/, '')
  const rest = buildRest(createSender(address, () => session))
  const exchange = createExchange({ storage, rest })
  const session = createSession({ storage, exchange })
  const { end, ...signIn } = createSignIn({ address, storage, rest, session, exchange })
  const access = createAccess({ address, rest, session })
  const chat = new Chat({
    session,
    storage,
    authorise: (isDoubtful) => access.authorise(socketPaths.chat, isDoubtful),
    sendByRest: (draft) => rest.messages.send(draft),
    loadChanges: (query) => rest.conversations.sync(query),
  })

  chat.on('state', (state) => {
    const isSentAway = state.status === 'closed' && state.reason === 'forbidden'
    // Asked whether the session still counts, the service says so, and an end of it is told as any other.
    // Where nobody answers nothing is known: the next request finds out.
    if (isSentAway && session.userId !== undefined) rest.sessions.getProfile().catch(() => undefined)
  })

  return {
    rest,
    chat,
    files: createFiles(rest),
    access,
    get userId() {
      return session.userId
    },
    ...signIn,
    async signOut() {
      await chat.forget()
      await end()
    },
    onSignedOut: (listener) => session.on('ended', listener),
    close: () => chat.close(),
    [Symbol.dispose]: () => chat.close(),
  }
}

function createStorage(): Storage {
  return isBrowser && 'localStorage' in globalThis ? createBrowserStorage() : createMemoryStorage()
}
