import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import type { KeySet } from '@secureconnect/protocol'
import { type AccessClaims, accessToken } from '@secureconnect/tokens'

export type Issuer = {
  /** What auth-service would publish. */
  readonly keySet: KeySet
  /** A token of a user; claims and header may be given otherwise than they should be. */
  issue(userId: string, odd?: { claims?: Partial<AccessClaims>; header?: object; key?: KeyObject }): string
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

export function createSigningKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

/** Issues access tokens as auth-service does, with a key of the test's own. */
export function createIssuer(): Issuer {
  const { privateKey, publicKey } = createSigningKeys()
  const kid = randomUUID()
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  return {
    keySet: { keys: [{ kty: 'EC', crv: 'P-256', x, y, kid, use: 'sig', alg: 'ES256' }] },
    issue(userId, { claims, header, key = privateKey } = {}) {
      const iat = Math.floor(Date.now() / 1_000)
      const times = { iat, nbf: iat, exp: iat + accessToken.lifetimeSeconds }
      const who = { sub: userId, user_id: userId, username: 'ada', role: 'user', sid: randomUUID(), jti: randomUUID() }
      const all = { iss: accessToken.issuer, aud: accessToken.audience, ...who, ...times, ...claims }
      const signed = `${encode({ alg: 'ES256', typ: accessToken.type, kid, ...header })}.${encode(all)}`
      const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
      return `${signed}.${signature.toString('base64url')}`
    },
  }
}

/** Tokens that nobody should take, by what is wrong with them. */
export function createBadTokens(issuer: Issuer, userId: string): Readonly<Record<string, string>> {
  const past = Math.floor(Date.now() / 1_000) - 2_000
  const good = issuer.issue(userId)
  return {
    'has ended': issuer.issue(userId, { claims: { iat: past, nbf: past, exp: past + 900 } }),
    'lives too long': issuer.issue(userId, { claims: { exp: past + 9_000 } }),
    'is signed with another key': issuer.issue(userId, { key: createSigningKeys().privateKey }),
    'names a key nobody knows': issuer.issue(userId, { header: { kid: 'unknown' } }),
    'is of another type': issuer.issue(userId, { header: { typ: 'JWT' } }),
    'brings a key along': issuer.issue(userId, { header: { jwk: issuer.keySet.keys[0] } }),
    'is signed by nobody': `${encode({ alg: 'none', typ: accessToken.type })}.${good.split('.')[1]}.`,
    'was changed': good.replace(/\.[^.]+\./, `.${encode({ sub: 'somebody-else' })}.`),
    'is garbage': 'garbage',
    'is far too long': 'a'.repeat(5_000),
  }
}
