import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto'
import { limits } from '@secureconnect/protocol'
import { CompactEncrypt } from 'jose'
import { accessToken } from '../src/index.ts'
import {
  assemble,
  encode,
  forceSign,
  goodClaims,
  header,
  kid,
  mint,
  noSignature,
  nowSeconds,
  privateKey,
  publicKey,
  toPublicKey,
} from './mint.ts'

export type HostileToken = readonly [what: string, token: string]

const otherKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const largeKeys = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const rsaKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const edKeys = generateKeyPairSync('ed25519')

const good = await mint()
const [head = '', body = '', signature = ''] = good.split('.')
const signed = Buffer.from(`${head}.${body}`)
const claims = goodClaims()
const now = nowSeconds()

/** The same signature with other bits in what base64url leaves over. */
function spellOtherwise(encoded: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return encoded.slice(0, -1) + alphabet[alphabet.indexOf(encoded.at(-1) ?? 'A') + 1]
}

function withClaims(changed: object): string {
  const all = Object.entries({ ...claims, ...changed }).filter(([, value]) => value !== undefined)
  return forceSign(header, Object.fromEntries(all))
}

const cuts: HostileToken[] = [
  ['nothing', ''],
  ['a word', 'token'],
  ['one dot', '.'],
  ['two dots', '..'],
  ['two parts', `${head}.${body}`],
  ['four parts', `${good}.x`],
  ['five parts, as encrypted tokens have', `${good}.x.y`],
  ['no header', `.${body}.${signature}`],
  ['no payload', `${head}..${signature}`],
  ['an empty signature', `${head}.${body}.`],
  ['the header twice', `${head}.${head}.${body}.${signature}`],
  ['the payload twice', `${head}.${body}${body}.${signature}`],
  ['the signature twice', `${head}.${body}.${signature}${signature}`],
  ['parts in another order', `${body}.${head}.${signature}`],
  ['a cut signature', `${head}.${body}.${signature.slice(0, -4)}`],
  ['a longer signature', `${good}AAAA`],
  ['a cut payload', `${head}.${body.slice(0, -4)}.${signature}`],
  ['a cut header', `${head.slice(0, -4)}.${body}.${signature}`],
  ['a changed signature', `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`],
  ['a changed payload', `${head}.${encode({ ...claims, role: 'admin' })}.${signature}`],
  ['another header over the same signature', `${encode({ ...header, x: 1 })}.${body}.${signature}`],
]

const spellings: HostileToken[] = [
  ['spaces around it', ` ${good} `],
  ['a line break at its end', `${good}\n`],
  ['a zero byte at its end', `${good}\0`],
  ['a scheme before it', `Bearer ${good}`],
  ['padding after the header', `${head}==.${body}.${signature}`],
  ['padding after the payload', `${head}.${body}=.${signature}`],
  ['padding after the signature', `${good}==`],
  ['the alphabet of plain base64', `${head}.${body}.${`${signature.slice(0, -2)}+/`}`],
  ['a signature in hexadecimal', `${head}.${body}.${Buffer.from(signature, 'base64url').toString('hex')}`],
  ['the same signature spelt otherwise', `${head}.${body}.${spellOtherwise(signature)}`],
  ['full-width dots', good.replaceAll('.', '．')],
  ['letters that look like ours', good.replace('e', 'е')],
  ['an invisible letter', good.replace('.', '.\u200b')],
  ['one character too many', good.padEnd(limits.tokenCharacters + 1, 'A')],
  ['one that is right in all but its length', withClaims({ username: 'x'.repeat(limits.tokenCharacters) })],
  ['5,000 characters', `${good}${'A'.repeat(5_000)}`],
  ['a megabyte', 'A'.repeat(1_048_576)],
]

const algorithms: HostileToken[] = [
  ['alg none', assemble({ ...header, alg: 'none' }, claims, '')],
  ['alg none, and a signature', assemble({ ...header, alg: 'none' }, claims)],
  ['alg None', assemble({ ...header, alg: 'None' }, claims, signature)],
  ['alg nOnE', assemble({ ...header, alg: 'nOnE' }, claims, '')],
  ['alg in lower case', forceSign({ ...header, alg: 'es256' }, claims)],
  ['alg empty', forceSign({ ...header, alg: '' }, claims)],
  ['alg in a list', forceSign({ ...header, alg: ['ES256'] }, claims)],
  ['no alg', forceSign({ typ: 'at+jwt', kid }, claims)],
  ...['HS256', 'HS384', 'HS512', 'ES256'].flatMap((alg) => {
    const text = `${encode({ ...header, alg })}.${encode(claims)}`
    const spki = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    return [spki, JSON.stringify(toPublicKey(publicKey, kid)), ''].map((secret): HostileToken => {
      const mac = createHmac(alg === 'HS384' ? 'sha384' : 'sha256', secret)
        .update(text)
        .digest('base64url')
      return [`${alg}, an HMAC by ${secret === '' ? 'nothing' : 'the public key'}`, `${text}.${mac}`]
    })
  }),
  ['RS256 by a key of the stranger', await mint({ header: { alg: 'RS256' }, key: rsaKeys.privateKey })],
  ['PS256 by a key of the stranger', await mint({ header: { alg: 'PS256' }, key: rsaKeys.privateKey })],
  ['ES384 by a key of the stranger', await mint({ header: { alg: 'ES384' }, key: largeKeys.privateKey })],
  ['EdDSA by a key of the stranger', await mint({ header: { alg: 'EdDSA' }, key: edKeys.privateKey })],
  ['another key of the right kind', await mint({ key: otherKeys.privateKey })],
]

function withSignature(bytes: Buffer): string {
  return `${head}.${body}.${bytes.toString('base64url')}`
}
const zero = Buffer.alloc(32)
const one = Buffer.concat([Buffer.alloc(31), Buffer.from([1])])
const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')

const signatures: HostileToken[] = [
  ['a signature as DER writes it', withSignature(signBytes('sha256', signed, privateKey))],
  ['r and s zero', withSignature(Buffer.concat([zero, zero]))],
  ['r zero', withSignature(Buffer.concat([zero, one]))],
  ['s zero', withSignature(Buffer.concat([one, zero]))],
  ['r and s the order of the group', withSignature(Buffer.concat([order, order]))],
  ['r and s all ones', withSignature(Buffer.alloc(64, 0xff))],
  [
    'r and s changed over',
    withSignature(Buffer.concat([32, 0].map((at) => Buffer.from(signature, 'base64url').subarray(at, at + 32)))),
  ],
  [
    'a signature over another digest',
    withSignature(signBytes('sha512', signed, { key: privateKey, dsaEncoding: 'ieee-p1363' })),
  ],
  ['a signature of nobody', `${head}.${body}.${noSignature}`],
]

const headers: HostileToken[] = [
  ['a header that is not JSON', forceSign('not json', claims)],
  ['a header that is a list', forceSign([header], claims)],
  ['a header that is null', forceSign(null, claims)],
  ['a header that is text', forceSign('"ES256"', claims)],
  ['no kid', forceSign({ alg: 'ES256', typ: 'at+jwt' }, claims)],
  ['an empty kid', forceSign({ ...header, kid: '' }, claims)],
  ['a kid that is a path', forceSign({ ...header, kid: '../../etc/passwd' }, claims)],
  ['a kid that is SQL', forceSign({ ...header, kid: "x' or '1'='1" }, claims)],
  ['a kid that is a URL', forceSign({ ...header, kid: 'http://127.0.0.1:9/key' }, claims)],
  ['a kid with a zero byte', forceSign({ ...header, kid: `${kid}\0` }, claims)],
  ['a kid that is a number', forceSign({ ...header, kid: 1 }, claims)],
  ['a kid that is an object', forceSign({ ...header, kid: { toString: kid } }, claims)],
  ['a kid of 2,000 characters', forceSign({ ...header, kid: 'k'.repeat(2_000) }, claims)],
  ['typ JWT', forceSign({ ...header, typ: 'JWT' }, claims)],
  ['typ in capitals', forceSign({ ...header, typ: 'AT+JWT' }, claims)],
  ['typ with its whole name', forceSign({ ...header, typ: 'application/at+jwt' }, claims)],
  ['typ of another use', forceSign({ ...header, typ: 'ws-ticket' }, claims)],
  ['no typ', forceSign({ alg: 'ES256', kid }, claims)],
  ['crit of what we know', forceSign({ ...header, crit: ['exp'], exp: 1 }, claims)],
  ['crit of what nobody knows', forceSign({ ...header, crit: ['x'], x: 1 }, claims)],
  ['a key URL', forceSign({ ...header, jku: 'http://127.0.0.1:9/keys' }, claims)],
  ['a certificate URL', forceSign({ ...header, x5u: 'http://127.0.0.1:9/cert' }, claims)],
  ['a certificate chain', forceSign({ ...header, x5c: ['AAAA'] }, claims)],
  ['a certificate digest', forceSign({ ...header, x5t: 'AAAA' }, claims)],
  ['an embedded key', forceSign({ ...header, jwk: toPublicKey(publicKey, kid) }, claims)],
  [
    'an embedded key that made the signature',
    await mint({ header: { jwk: toPublicKey(otherKeys.publicKey, kid) }, key: otherKeys.privateKey }),
  ],
  ['an unencoded payload', forceSign({ ...header, b64: false }, claims)],
  ['a content type', forceSign({ ...header, cty: 'JWT' }, claims)],
  ['compression', forceSign({ ...header, zip: 'DEF' }, claims)],
]

const missing = Object.keys(claims).map((name): HostileToken => [`no ${name}`, withClaims({ [name]: undefined })])

const contents: HostileToken[] = [
  ...missing,
  ['a payload that is not JSON', forceSign(header, 'not json')],
  ['a payload that is null', forceSign(header, null)],
  ['a payload that is a list', forceSign(header, [claims])],
  ['a payload that is a good token', forceSign(header, good)],
  ['another issuer', withClaims({ iss: 'someone-else' })],
  ['an empty issuer', withClaims({ iss: '' })],
  ['an issuer in a list', withClaims({ iss: [accessToken.issuer] })],
  ['an issuer with more behind it', withClaims({ iss: `${accessToken.issuer}.evil.example` })],
  ['another audience', withClaims({ aud: 'another-api' })],
  ['an empty audience', withClaims({ aud: '' })],
  ['no audience in a list', withClaims({ aud: [] })],
  ['two audiences', withClaims({ aud: [accessToken.audience, 'another-api'] })],
  ['an end that is text', withClaims({ exp: String(now + 900) })],
  ['an end between two seconds', withClaims({ exp: now + 899.5 })],
  ['an end in ten years', withClaims({ exp: now + 315_360_000 })],
  ['an end beyond all numbers', forceSign(header, JSON.stringify(claims).replace(String(claims.exp), '1e999'))],
  ['an end one second too late', withClaims({ exp: claims.iat + accessToken.lifetimeSeconds + 1 })],
  ['an end that was moved with its beginning', withClaims({ iat: now + 3_600, exp: now + 4_500 })],
  ['not valid before an hour', withClaims({ nbf: now + 3_600 })],
  ['made in the future', withClaims({ iat: now + 3_600, nbf: now + 3_600, exp: now + 4_000 })],
  ['made long ago for long', withClaims({ iat: 0, nbf: 0 })],
  ['a time of issue that is text', withClaims({ iat: String(now) })],
  ['an empty session', withClaims({ sid: '' })],
  ['a session that is a number', withClaims({ sid: 1 })],
  ['an empty subject', withClaims({ sub: '', user_id: '' })],
  ['a subject that is not the user', withClaims({ sub: 'someone-else' })],
  ['a user that is a list', withClaims({ user_id: [claims.user_id] })],
  ['a role nobody has', withClaims({ role: 'root' })],
  ['roles in a list', withClaims({ role: ['admin'] })],
]

const combined: HostileToken[] = [
  ['one that ended, by another key', await mint({ claims: { exp: now - 900 }, key: otherKeys.privateKey })],
  ['a good token, signed once more around', forceSign({ ...header, cty: 'JWT' }, good)],
  [
    'a good token, encrypted to us',
    await new CompactEncrypt(Buffer.from(good))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid })
      .encrypt(publicKey),
  ],
]

/** Every way we know to make a token that looks right and is not; none names a key that does not exist. */
export const hostileTokens: readonly HostileToken[] = [
  ...cuts,
  ...spellings,
  ...algorithms,
  ...signatures,
  ...headers,
  ...contents,
  ...combined,
]

/** Well-formed tokens of keys that nobody has published. */
export const tokensOfUnknownKeys: readonly HostileToken[] = [
  ['another name', await mint({ header: { kid: 'key-2' } })],
  ['a name of the prototype', await mint({ header: { kid: '__proto__' } })],
  ['another name of the prototype', await mint({ header: { kid: 'constructor' } })],
]
