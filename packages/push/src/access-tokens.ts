import { sign } from 'node:crypto'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { type Dispatcher, request } from 'undici'
import { PushError } from './pusher.ts'
import type { ServiceAccount } from './service-account.ts'

const scope = 'https://www.googleapis.com/auth/firebase.messaging'
const assertionSeconds = 3_600
/** A token is replaced this long before its end, so that none ends on its way. */
const marginMs = 60_000

const Answer = Compile(Type.Object({ access_token: Type.String({ minLength: 1 }), expires_in: Type.Number() }))

/** Access tokens of a service account: one at a time, fetched when there is none that lasts. */
export type AccessTokens = {
  get(signal: AbortSignal): Promise<string>
  /** Fetches another one next time: this one was refused. */
  forget(token: string): void
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** Says who asks, signed; by RFC 7523. */
function createAssertion({ clientEmail, privateKey, tokenUri }: ServiceAccount): string {
  const now = Math.floor(Date.now() / 1_000)
  const claims = { iss: clientEmail, scope, aud: tokenUri, iat: now, exp: now + assertionSeconds }
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
}

type Options = { account: ServiceAccount; dispatcher: Dispatcher }

export function createAccessTokens({ account, dispatcher }: Options): AccessTokens {
  let current: { token: string; endsAt: number } | undefined
  let fetching: Promise<string> | undefined

  async function fetchToken(signal: AbortSignal): Promise<string> {
    const { statusCode, body } = await request(account.tokenUri, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: createAssertion(account),
      }).toString(),
      signal,
    })
    const answer: unknown = await body.json().catch(() => undefined)
    if (statusCode !== 200 || !Answer.Check(answer)) {
      const reason = statusCode >= 500 ? 'unavailable' : 'login'
      throw new PushError(reason, `no access token was given: ${statusCode}`)
    }
    current = { token: answer.access_token, endsAt: Date.now() + answer.expires_in * 1_000 - marginMs }
    return current.token
  }

  return {
    async get(signal) {
      if (current && current.endsAt > Date.now()) return current.token
      fetching ??= fetchToken(signal).finally(() => {
        fetching = undefined
      })
      return fetching
    },
    forget(token) {
      if (current?.token === token) current = undefined
    },
  }
}
