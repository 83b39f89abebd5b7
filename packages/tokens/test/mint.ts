import { generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto'
import type { PublicKey } from '@secureconnect/protocol'
import { base64url, SignJWT } from 'jose'
import { accessToken } from '../src/index.ts'

export const kid = 'key-1'
export const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
export const header = { alg: 'ES256', typ: 'at+jwt', kid }

export function toPublicKey(key: KeyObject, id: string): PublicKey {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  return { kty: 'EC', crv: 'P-256', x, y, kid: id, use: 'sig', alg: 'ES256' }
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000)
}

export function goodClaims() {
  const userId = '0190a000-0000-7000-8000-000000000001'
  const now = nowSeconds()
  return {
    iss: accessToken.issuer,
    aud: accessToken.audience,
    sub: userId,
    user_id: userId,
    username: 'ada',
    role: 'user',
    sid: '0190a000-0000-7000-8000-000000000002',
    jti: 'token-1',
    iat: now,
    nbf: now,
    exp: now + accessToken.lifetimeSeconds,
  }
}

type Changes = { claims?: object; header?: object; key?: KeyObject | Uint8Array }

/** Has jose sign a token with our key, good but for what is changed; a claim that is undefined is left out. */
export function mint({ claims = {}, header: changed = {}, key = privateKey }: Changes = {}): Promise<string> {
  const all = Object.fromEntries(
    Object.entries({ ...goodClaims(), ...claims }).filter(([, value]) => value !== undefined),
  )
  return new SignJWT(all).setProtectedHeader({ ...header, ...changed }).sign(key)
}

export function encode(value: unknown): string {
  return base64url.encode(typeof value === 'string' ? value : JSON.stringify(value))
}

/** A signature of the right form that nobody made. */
export const noSignature = encode('s'.repeat(64))

/** Puts a token together from anything, where jose would refuse to. */
export function assemble(head: unknown, claims: unknown, signature: string = noSignature): string {
  return `${encode(head)}.${encode(claims)}.${signature}`
}

/** Signs with our own key what our own signer never would: then the signature is right, and something else has to refuse it. */
export function forceSign(head: unknown, claims: unknown): string {
  const text = `${encode(head)}.${encode(claims)}`
  return `${text}.${signBytes('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}
