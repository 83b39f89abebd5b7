import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { savePublicKeys } from '@secureconnect/directory'
import { newId, type Sql } from '@secureconnect/sql'
import { accessToken } from '@secureconnect/tokens'

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/** Stands for auth-service: signs access tokens that the other services find good. */
export async function createMint(sql: Sql) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { algorithm: alg, type: typ, issuer: iss, audience: aud, lifetimeSeconds } = accessToken
  const kid = randomUUID()
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' })
  await savePublicKeys(sql, [{ kty, crv, x, y, kid, use: 'sig', alg } as never])
  type Holder = { userId: string; username: string; sessionId: string }
  return ({ userId, username, sessionId }: Holder, { secondsAgo = 0, role = 'user' } = {}) => {
    const now = Math.floor(Date.now() / 1_000) - secondsAgo
    const who = { sub: userId, user_id: userId, username, role, sid: sessionId, jti: randomUUID() }
    const claims = { iss, aud, ...who, iat: now, nbf: now, exp: now + lifetimeSeconds }
    const signed = `${encode({ alg, typ, kid })}.${encode(claims)}`
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
    return `${signed}.${signature.toString('base64url')}`
  }
}

/** Signs an access token for somebody. */
export type Mint = Awaited<ReturnType<typeof createMint>>

/** An account that is signed in, without auth-service. */
export async function createPerson({ context, mint }: { context: { sql: Sql }; mint: Mint }, name = 'person') {
  const userId = newId()
  const username = `${name}-${userId.slice(-12)}`
  const email = `${username}@example.org`
  await context.sql.execute`
    insert into users (user_id, email, email_key, username, username_key, display_name, password_hash, pepper_id)
    values (${userId}, ${email}, ${email}, ${username}, ${username}, ${name}, ${'none'}, ${'none'})`
  const sessionId = randomUUID()
  return { userId, username, sessionId, token: mint({ userId, username, sessionId }) }
}

/** So many, one after the other: a crowd would take all connections of the process under test. */
export async function createPeople(at: Parameters<typeof createPerson>[0], count: number): Promise<Person[]> {
  const people: Person[] = []
  while (people.length < count) people.push(await createPerson(at))
  return people
}

export type Person = Awaited<ReturnType<typeof createPerson>>
