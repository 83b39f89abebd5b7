import { randomUUID } from 'node:crypto'
import type { SignedIn } from '@secureconnect/protocol'
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { endSessions } from '../../src/sessions/end-sessions.ts'
import { openSession } from '../../src/sessions/open-session.ts'
import { insertUser } from '../../src/stores/users.ts'
import { type Auth, ask, goodPassword } from '../test-auth.ts'

export type Person = Pick<SignedIn, 'user' | 'access_token' | 'refresh_token' | 'session_id'>

/** Makes accounts by the hundred: one password, hashed once, and no request for each. */
export async function createPeople({ context }: Auth) {
  const stored = await context.passwords.hash(goodPassword)
  const { sql } = context

  async function create(): Promise<Person> {
    const username = `p-${randomUUID().slice(0, 12)}`
    const email = `${username}@example.org`
    return sql.transaction(async (tx) => {
      const user = await insertUser(tx, { email, username, displayName: 'A Person', ...stored })
      return openSession(tx, context, { user, deviceName: undefined, network: '192.0.2.1' })
    })
  }

  async function createAdmin(): Promise<Person> {
    const person = await create()
    await sql.execute`update users set role = 'admin' where user_id = ${person.user.user_id}`
    return person
  }

  return { create, createAdmin }
}

export type People = Awaited<ReturnType<typeof createPeople>>

/** The token of the person's session as it is when its quarter of an hour is over. */
async function createExpiredToken({ context }: Auth, { access_token }: Person): Promise<string> {
  const { iat = 0, nbf = 0, exp = 0, ...claims } = decodeJwt(access_token)
  const { alg = '', ...header } = decodeProtectedHeader(access_token)
  const hourAgo = (seconds: number) => seconds - 3_600
  return new SignJWT({ ...claims, iat: hourAgo(iat), nbf: hourAgo(nbf), exp: hourAgo(exp) })
    .setProtectedHeader({ ...header, alg })
    .sign(context.config.jwtSigningKeys.active.privateKey)
}

/** Somebody who signed in as an administrator, so that his token says so still. */
async function createDemoted({ address, context: { sql } }: Auth, people: People): Promise<Person> {
  const person = await people.createAdmin()
  const { data } = await ask(`${address}/v1/auth/refresh`, { body: { refresh_token: person.refresh_token } })
  await sql.execute`update users set role = 'user' where user_id = ${person.user.user_id}`
  return { ...person, ...data }
}

async function createRevoked({ address }: Auth, people: People): Promise<Person> {
  const person = await people.create()
  await ask(`${address}/v1/auth/logout-all`, { method: 'POST', token: person.access_token })
  return person
}

async function createBanned({ address }: Auth, people: People): Promise<Person> {
  const [person, admin] = [await people.create(), await people.createAdmin()]
  const body = { user_id: person.user.user_id, reason: 'a matrix', permanent: true }
  await ask(`${address}/v1/admin/users/ban`, { body, token: admin.access_token })
  return person
}

async function createErasing({ context }: Auth, people: People): Promise<Person> {
  const person = await people.create()
  const { user_id: userId } = person.user
  await context.sql.transaction(async (tx) => {
    await tx.execute`update users set erasing_at = now() where user_id = ${userId}`
    await endSessions(tx, context, { userId, reason: 'erasing' })
  })
  return person
}

/** Who calls: a person that the operation's input belongs to, and the token that is sent. */
export type Caller = { owner: Person; token: string | undefined }

/** Everybody who may come along, by name; those who are never let in are the same ones every time. */
export async function createCallers(auth: Auth, people: People) {
  const [somebody, expired] = [await people.create(), await people.create()]
  const expiredToken = await createExpiredToken(auth, expired)
  const [revoked, banned] = [await createRevoked(auth, people), await createBanned(auth, people)]
  const erasing = await createErasing(auth, people)
  const as = (owner: Person): Caller => ({ owner, token: owner.access_token })
  return {
    nobody: async (): Promise<Caller> => ({ owner: somebody, token: undefined }),
    'expired token': async (): Promise<Caller> => ({ owner: expired, token: expiredToken }),
    'revoked session': async () => as(revoked),
    banned: async () => as(banned),
    erasing: async () => as(erasing),
    owner: async () => as(await people.create()),
    stranger: async (): Promise<Caller> => ({
      owner: await people.create(),
      token: (await people.create()).access_token,
    }),
    admin: async () => as(await people.createAdmin()),
    'demoted admin': async () => as(await createDemoted(auth, people)),
  }
}

export type CallerName = keyof Awaited<ReturnType<typeof createCallers>>
