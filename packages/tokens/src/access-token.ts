import { AppError } from '@secureconnect/errors'
import { lifetimes, limits, Role } from '@secureconnect/protocol'
import jwt from 'jsonwebtoken'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { KeyRing } from './key-ring.ts'

/** What every access token says of itself; signing and verifying both read it here. */
export const accessToken = {
  algorithm: 'ES256',
  type: 'at+jwt',
  issuer: 'secureconnect-auth',
  audience: 'secureconnect-api',
  lifetimeSeconds: lifetimes.accessTokenMs / 1_000,
} as const

const clockToleranceSeconds = 5
const maxCachedTokens = 10_000

export const AccessClaims = Type.Object({
  iss: Type.Literal(accessToken.issuer),
  aud: Type.Literal(accessToken.audience),
  sub: Type.String({ minLength: 1 }),
  user_id: Type.String({ minLength: 1 }),
  username: Type.String(),
  role: Role,
  sid: Type.String({ minLength: 1 }),
  jti: Type.String({ minLength: 1 }),
  iat: Type.Integer(),
  nbf: Type.Integer(),
  exp: Type.Integer(),
})
export type AccessClaims = Static<typeof AccessClaims>

/** Nothing but these three may stand in a header: no embedded keys, no key URLs, no critical extensions. */
const Header = Compile(
  Type.Object(
    {
      alg: Type.Literal(accessToken.algorithm),
      typ: Type.Literal(accessToken.type),
      kid: Type.String({ pattern: '^[A-Za-z0-9_-]{1,128}$' }),
    },
    { additionalProperties: false },
  ),
)
const Claims = Compile(AccessClaims)
/** Two numbers of 32 bytes are 86 characters, the last of which has but four that leave no bit over. */
const compactForm = /^([\w-]+)\.[\w-]+\.[\w-]{85}[AQgw]$/

function refuse(cause?: unknown): AppError {
  return new AppError('UNAUTHORIZED', 'The access token is not valid.', { cause })
}

function expired(): AppError {
  return new AppError('TOKEN_EXPIRED', 'The access token has ended: refresh it.')
}

function readKeyId(token: string): string {
  const encoded = token.length <= limits.tokenCharacters ? compactForm.exec(token)?.[1] : undefined
  if (encoded === undefined) throw refuse()
  const header = parseJson(Buffer.from(encoded, 'base64url').toString())
  if (!Header.Check(header)) throw refuse()
  return header.kid
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw refuse(error)
  }
}

function assertAlive({ exp, nbf, iat }: AccessClaims): void {
  const now = Date.now() / 1_000
  if (now > exp + clockToleranceSeconds) throw expired()
  if (now < Math.max(nbf, iat) - clockToleranceSeconds) throw refuse()
}

/** Checks tokens against a ring of keys. The signature of a token is checked once; its times are checked every time. */
export function createTokenCheck(keys: KeyRing): (token: string) => Promise<AccessClaims> {
  const verified = new Map<string, AccessClaims>()

  async function verify(token: string): Promise<AccessClaims> {
    const key = await keys.find(readKeyId(token))
    if (!key) throw refuse()
    const claims = verifySignature(token, key)
    const isTooLong = claims.exp - claims.iat > accessToken.lifetimeSeconds
    if (isTooLong || claims.sub !== claims.user_id) throw refuse()
    if (verified.size >= maxCachedTokens) dropOldest(verified)
    verified.set(token, claims)
    return claims
  }

  return async (token) => {
    const claims = verified.get(token) ?? (await verify(token))
    try {
      assertAlive(claims)
    } catch (error) {
      verified.delete(token)
      throw error
    }
    return claims
  }
}

function verifySignature(token: string, key: Parameters<typeof jwt.verify>[1]): AccessClaims {
  try {
    const claims: unknown = jwt.verify(token, key, {
      algorithms: [accessToken.algorithm],
      issuer: accessToken.issuer,
      audience: accessToken.audience,
      clockTolerance: clockToleranceSeconds,
    })
    if (!Claims.Check(claims)) throw refuse()
    return claims
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError) throw expired()
    throw error instanceof AppError ? error : refuse(error)
  }
}

function dropOldest(cache: Map<string, AccessClaims>): void {
  const [oldest] = cache.keys()
  if (oldest !== undefined) cache.delete(oldest)
}
