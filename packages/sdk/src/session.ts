import type { Tokens } from '@secureconnect/protocol'
import { createEmitter, type Emitter } from './emitter.ts'
import { ApiError } from './errors.ts'
import { attemptKey, type Exchange } from './exchange.ts'
import { parseJson } from './parse-json.ts'
import type { Storage } from './storage.ts'

const key = 'session'

/** A token is renewed a minute before its end, or earlier where it lives but minutes. */
function planRenewal(lifeMs: number): number {
  return Date.now() + lifeMs - Math.min(60_000, lifeMs / 3)
}

/** Who is signed in, and by which tokens; without a refresh token where the browser keeps it as a cookie. */
type SessionState = {
  userId: string
  accessToken: string
  renewAt: number
  refreshToken: string | undefined
}

type SessionEvents = { renewed: string; ended: undefined }

export type Session = Pick<Emitter<SessionEvents>, 'on'> & {
  readonly userId: string | undefined
  /** When the access token should be renewed, as `Date.now()` tells time. */
  readonly renewAt: number
  /** A token that is good for a while, renewed if need be. */
  getToken(): Promise<string>
  /** The next token; all who ask at once get the same one. */
  renew(): Promise<string>
  begin(userId: string, tokens: Tokens): Promise<void>
  /** Takes up what an earlier process kept. */
  restore(): Promise<boolean>
  /** Forgets the tokens, whoever ended the session; answers the refresh token, for its last use. */
  end(): Promise<{ refreshToken: string | undefined } | undefined>
}

type SessionOptions = { storage: Storage; exchange: Exchange }

/** Whether it was written by us, whole; without that one signs in anew. */
function isSessionState(kept: unknown): kept is SessionState {
  return typeof kept === 'object' && kept !== null && 'accessToken' in kept && 'userId' in kept && 'renewAt' in kept
}

function notSignedIn(): ApiError {
  return new ApiError({ code: 'UNAUTHORIZED', message: 'Nobody is signed in.' })
}

function isOver(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 401 || error.status === 403)
}

export function createSession({ storage, exchange }: SessionOptions): Session {
  const { on, emit } = createEmitter<SessionEvents>()
  let state: SessionState | undefined
  let renewal: Promise<string> | undefined

  async function keep(userId: string, { access_token, refresh_token, expires_in }: Tokens): Promise<void> {
    const renewAt = planRenewal(expires_in * 1_000)
    state = { userId, accessToken: access_token, renewAt, refreshToken: refresh_token }
    // A refresh token is used once: the next one has to be kept before the access token beside it goes anywhere.
    if (refresh_token !== undefined) await storage.write(key, JSON.stringify(state))
  }

  async function end() {
    const before = state
    if (!before) return undefined
    state = undefined
    await Promise.all([storage.remove(key), storage.remove(attemptKey)])
    emit('ended', undefined)
    return before
  }

  async function renewNow(): Promise<string> {
    const before = state
    if (!before) throw notSignedIn()
    try {
      const tokens = await exchange(before.refreshToken)
      if (state !== before) throw notSignedIn()
      await keep(before.userId, tokens)
      emit('renewed', tokens.access_token)
      return tokens.access_token
    } catch (error) {
      if (isOver(error) && state === before) await end()
      throw error
    }
  }

  function renew(): Promise<string> {
    renewal ??= renewNow().finally(() => {
      renewal = undefined
    })
    return renewal
  }

  return {
    on,
    end,
    renew,
    begin: keep,
    get userId() {
      return state?.userId
    },
    get renewAt() {
      return state?.renewAt ?? 0
    },
    async getToken() {
      if (!state) throw notSignedIn()
      return Date.now() < state.renewAt ? state.accessToken : renew()
    },
    async restore() {
      const kept = parseJson((await storage.list(key)).get(key) ?? '')
      if (isSessionState(kept)) state = kept
      return state !== undefined
    },
  }
}
