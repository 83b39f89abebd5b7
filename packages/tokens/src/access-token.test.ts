import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { AppError } from '@secureconnect/errors'
import { createLogger } from '@secureconnect/logging'
import type { PublicKey } from '@secureconnect/protocol'
import { base64url, SignJWT } from 'jose'
import { accessToken, createTokenCheck } from './access-token.ts'
import { createKeyRing } from './key-ring.ts'

const log = createLogger({ service: 'test', revision: 'test', level: 'silent' })
const kid = 'key-1'
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const otherKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsaKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })

function toPublicKey(key: KeyObject, id: string): PublicKey {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  return { kty: 'EC', crv: 'P-256', x, y, kid: id, use: 'sig', alg: 'ES256' }
}

function now(): number {
  return Math.floor(Date.now() / 1_000)
}

function goodClaims() {
  const userId = '0190a000-0000-7000-8000-000000000001'
  return {
    iss: accessToken.issuer,
    aud: accessToken.audience,
    sub: userId,
    user_id: userId,
    username: 'ada',
    role: 'user',
    sid: '0190a000-0000-7000-8000-000000000002',
    jti: 'token-1',
    iat: now(),
    nbf: now(),
    exp: now() + accessToken.lifetimeSeconds,
  }
}

type Forgery = { claims?: object; header?: object; key?: KeyObject | Uint8Array }

function sign({ claims = {}, header = {}, key = privateKey }: Forgery = {}): Promise<string> {
  const all = Object.fromEntries(
    Object.entries({ ...goodClaims(), ...claims }).filter(([, value]) => value !== undefined),
  )
  return new SignJWT(all).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header }).sign(key)
}

function createCheck(t: TestContext) {
  let fetches = 0
  const load = async () => {
    fetches += 1
    return [toPublicKey(publicKey, kid)]
  }
  const keys = createKeyRing({ load, log })
  t.after(() => keys[Symbol.asyncDispose]())
  return { check: createTokenCheck(keys), countFetches: () => fetches }
}

function encode(value: unknown): string {
  return base64url.encode(typeof value === 'string' ? value : JSON.stringify(value))
}

function assemble(header: unknown, claims: unknown, signature = 'c2lnbmF0dXJl'): string {
  return `${encode(header)}.${encode(claims)}.${signature}`
}

test('a token that jose signed for us is accepted, and its claims come back', async (t) => {
  const { check } = createCheck(t)
  const claims = await check(await sign())
  assert.equal(claims.username, 'ada')
  assert.equal((await check(await sign({ claims: { role: 'admin' } }))).role, 'admin')
})

/** Every way we know to make a token that looks right and is not. */
async function hostileTokens(): Promise<[string, string][]> {
  const good = await sign()
  const [head = '', body = '', signature = ''] = good.split('.')
  const header = { alg: 'ES256', typ: 'at+jwt', kid }
  const claims = goodClaims()
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const hmacSigned = (alg: string) => {
    const text = `${encode({ ...header, alg })}.${encode(claims)}`
    return `${text}.${createHmac('sha256', publicPem).update(text).digest('base64url')}`
  }
  const withHeader = (extra: object) => sign({ header: extra })
  const withClaims = (extra: object) => sign({ claims: extra })
  return [
    ['nothing', ''],
    ['a word', 'token'],
    ['two parts', `${head}.${body}`],
    ['four parts', `${good}.x`],
    ['an empty signature', `${head}.${body}.`],
    ['a cut signature', `${head}.${body}.${signature.slice(0, -4)}`],
    ['a changed signature', `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`],
    ['a changed payload', `${head}.${encode({ ...claims, role: 'admin' })}.${signature}`],
    ['another header over the same signature', `${encode({ ...header, x: 1 })}.${body}.${signature}`],
    ['spaces around it', ` ${good}`],
    ['a line break at its end', `${good}\n`],
    ['standard base64', good.replace(head, `${head}==`)],
    ['5,000 characters', `${good}${'A'.repeat(5_000)}`],
    ['a header that is not JSON', assemble('not json', claims)],
    ['a header that is a list', assemble([header], claims)],
    ['a header that is null', assemble(null, claims)],
    ['alg none', assemble({ ...header, alg: 'none' }, claims, '')],
    ['alg None with a signature', assemble({ ...header, alg: 'None' }, claims)],
    ['no alg', assemble({ typ: 'at+jwt', kid }, claims)],
    ['HS256 over the public key', hmacSigned('HS256')],
    ['HS384 over the public key', hmacSigned('HS384')],
    ['ES256 claimed, HMAC made', hmacSigned('ES256')],
    ['RS256 by a key of the stranger', await sign({ header: { alg: 'RS256' }, key: rsaKeys.privateKey })],
    ['PS256 by a key of the stranger', await sign({ header: { alg: 'PS256' }, key: rsaKeys.privateKey })],
    ['another EC key', await sign({ key: otherKeys.privateKey })],
    ['an unknown kid', await withHeader({ kid: 'key-2' })],
    ['no kid', assemble({ alg: 'ES256', typ: 'at+jwt' }, claims, signature)],
    ['an empty kid', await withHeader({ kid: '' })],
    ['a kid that is a path', await withHeader({ kid: '../../etc/passwd' })],
    ['a kid that is SQL', await withHeader({ kid: "x' or '1'='1" })],
    ['a kid that is a number', assemble({ ...header, kid: 1 }, claims, signature)],
    ['a kid of 4 KiB', await withHeader({ kid: 'k'.repeat(2_000) })],
    ['a kid of the prototype', await withHeader({ kid: '__proto__' })],
    ['typ JWT', await withHeader({ typ: 'JWT' })],
    ['typ in capitals', await withHeader({ typ: 'AT+JWT' })],
    ['no typ', assemble({ alg: 'ES256', kid }, claims, signature)],
    ['typ of another use', await withHeader({ typ: 'ws-ticket' })],
    ['crit', assemble({ ...header, crit: ['exp'], exp: 1 }, claims, signature)],
    ['a key URL', await withHeader({ jku: 'http://127.0.0.1:9/keys' })],
    ['an embedded key', await withHeader({ jwk: toPublicKey(otherKeys.publicKey, kid) })],
    ['a certificate URL', await withHeader({ x5u: 'http://127.0.0.1:9/cert' })],
    ['a certificate chain', await withHeader({ x5c: ['AAAA'] })],
    ['an unencoded payload', assemble({ ...header, b64: false }, claims, signature)],
    ['a content type', await withHeader({ cty: 'JWT' })],
    ['a payload that is not JSON', assemble(header, 'not json', signature)],
    ['another issuer', await withClaims({ iss: 'someone-else' })],
    ['no issuer', await withClaims({ iss: undefined })],
    ['an issuer that is a list', await withClaims({ iss: [accessToken.issuer] })],
    ['another audience', await withClaims({ aud: 'another-api' })],
    ['no audience', await withClaims({ aud: undefined })],
    ['a list of audiences', await withClaims({ aud: [accessToken.audience, 'another-api'] })],
    ['no end', await withClaims({ exp: undefined })],
    ['an end that is text', await withClaims({ exp: String(now() + 900) })],
    ['an end in ten years', await withClaims({ exp: now() + 315_360_000 })],
    ['an end one second too late', await withClaims({ exp: now() + accessToken.lifetimeSeconds + 1 })],
    ['not valid before an hour', await withClaims({ nbf: now() + 3_600 })],
    ['made in the future', await withClaims({ iat: now() + 3_600, nbf: now() + 3_600, exp: now() + 4_000 })],
    ['no time of issue', await withClaims({ iat: undefined })],
    ['no session', await withClaims({ sid: undefined })],
    ['no token id', await withClaims({ jti: undefined })],
    ['no subject', await withClaims({ sub: undefined })],
    ['a subject that is not the user', await withClaims({ sub: 'someone-else' })],
    ['a role nobody has', await withClaims({ role: 'root' })],
    ['roles in a list', await withClaims({ role: ['admin'] })],
  ]
}

test('every hostile token is refused as UNAUTHORIZED, and none makes us fetch keys again and again', async (t) => {
  const { check, countFetches } = createCheck(t)
  const tokens = await hostileTokens()
  assert.ok(tokens.length >= 60, `${tokens.length} tokens`)
  await check(await sign())
  for (const [what, token] of tokens) {
    await assert.rejects(
      check(token),
      (error) => error instanceof AppError && error.code === 'UNAUTHORIZED',
      `accepted, or refused otherwise: ${what}`,
    )
  }
  assert.equal(countFetches(), 1)
})

test('a token that has ended says so, also when it was accepted before', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const { check } = createCheck(t)
  const token = await sign()
  await check(token)
  t.mock.timers.tick((accessToken.lifetimeSeconds + 4) * 1_000)
  await check(token)
  t.mock.timers.tick(2_000)
  await assert.rejects(check(token), { code: 'TOKEN_EXPIRED' })
  await assert.rejects(check(await sign({ claims: { iat: now() - 2_000, nbf: now() - 2_000, exp: now() - 1_100 } })), {
    code: 'TOKEN_EXPIRED',
  })
})
