import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto'
import { after, before } from 'node:test'
import { parseConfig } from '@secureconnect/config'
import { savePublicKeys } from '@secureconnect/directory'
import { createLocalKv } from '@secureconnect/kv'
import { captureLog } from '@secureconnect/logging/testing'
import type { AnswerOf, BodyOf, Operation, QueryOf } from '@secureconnect/protocol'
import { createServerPlatform, type Platform, serverSettings, startService } from '@secureconnect/service'
import { migrate, newId, openPglite, type Sql } from '@secureconnect/sql'
import { createMigratedDatabase, createMigratedFolder } from '@secureconnect/sql/testing'
import { type Database, type RedisAddress, redisServer } from '@secureconnect/test/stack'
import { accessToken } from '@secureconnect/tokens'
import { buildApp, createContext, settings } from '../src/index.ts'

export type Engine = 'pglite' | 'postgres'
type Cleanup = { after: (work: () => unknown) => void }

/** Where a process of its own finds a Postgres and a Redis, the shared one unless a test has its own. */
export async function createServerEnv({ host, port, user, password, database }: Database, ownRedis?: RedisAddress) {
  const redis = ownRedis ?? (await redisServer())
  return {
    DB_HOST: host,
    DB_PORT: String(port),
    DB_USER: user,
    DB_NAME: database,
    DB_PASSWORD: password,
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    REDIS_USERNAME: redis.username,
    REDIS_PASSWORD: redis.password,
  }
}

/** How services get at them. */
export async function onServers(database: Database, ownRedis?: RedisAddress): Promise<Platform> {
  return createServerPlatform(parseConfig(serverSettings, { env: await createServerEnv(database, ownRedis) }))
}

/** A fresh database: embedded with the store in this process, or on the servers. */
export async function createPlatform(t: Cleanup, engine: Engine): Promise<Platform> {
  if (engine === 'postgres') return onServers(await createMigratedDatabase(t))
  const kv = createLocalKv()
  const folder = await createMigratedFolder(t)
  t.after(() => kv.close())
  return {
    openSql: (observers) => openPglite({ folder, ...observers }),
    openKv: async () => ({ ...kv, close: async () => undefined, [Symbol.asyncDispose]: async () => undefined }),
  }
}

/** chat-service on a fresh database, on a free port, with what it logs. */
export async function startChat(t: Cleanup, engine: Engine, more: Readonly<Record<string, string>> = {}) {
  return startChatOn(t, await createPlatform(t, engine), more)
}

/** chat-service on a database that is there already: its second process, or the one after a crash. */
export async function startChatOn(t: Cleanup, platform: Platform, more: Readonly<Record<string, string>> = {}) {
  const secret = randomBytes(32).toString('base64url')
  const env = { PORT: '0', DRAIN_SECONDS: '0', SHED_LOAD: 'false', JWT_SECRET: secret, ...more }
  const { stream, lines, line } = captureLog()
  const context = await createContext(parseConfig(settings, { env }), { ...platform, logStream: stream })
  await migrate(context.sql)
  const mint = await createMint(context.sql)
  const running = await startService(await buildApp(context))
  t.after(() => running.stop())
  return { ...running, context, lines, line, mint }
}

/** One chat-service for all tests of a suite; each test makes its own people and conversations. */
export function shareChat(engine: Engine, more: Readonly<Record<string, string>> = {}): () => Chat {
  const stack = new AsyncDisposableStack()
  let chat: Chat | undefined
  before(async () => {
    chat = await startChat({ after: (work) => stack.defer(async () => void (await work())) }, engine, more)
  })
  after(() => stack.disposeAsync())
  return () => {
    assert.ok(chat)
    return chat
  }
}

export type Chat = Awaited<ReturnType<typeof startChat>>

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

/** Stands for auth-service: signs access tokens that chat-service finds good. */
async function createMint(sql: Sql) {
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

/** An account that is signed in, without auth-service. */
export async function createPerson({ context, mint }: Pick<Chat, 'context' | 'mint'>, name = 'person') {
  const userId = newId()
  const username = `${name}-${userId.slice(-12)}`
  const email = `${username}@example.org`
  await context.sql.execute`
    insert into users (user_id, email, email_key, username, username_key, display_name, password_hash, pepper_id)
    values (${userId}, ${email}, ${email}, ${username}, ${username}, ${name}, ${'none'}, ${'none'})`
  const sessionId = randomUUID()
  return { userId, username, sessionId, token: mint({ userId, username, sessionId }) }
}

export type Person = Awaited<ReturnType<typeof createPerson>>

type Call<O extends Operation> = {
  token?: string | undefined
  params?: Readonly<Record<string, string>>
  query?: QueryOf<O> | Readonly<Record<string, string | number>>
  body?: BodyOf<O> | object
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Sends an operation's request and reads the answer, whatever it is. */
export async function call<O extends Operation>(
  { address }: Pick<Chat, 'address'>,
  operation: O,
  { token, params = {}, query = {}, body, headers = {}, signal }: Call<O> = {},
) {
  const path = operation.path.replaceAll(/:([a-z_]+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  )
  const response = await fetch(`${address}${path}?${search}`, {
    method: operation.method,
    headers: {
      ...headers,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  })
  const answer = JSON.parse(await response.text())
  return {
    status: response.status,
    headers: response.headers,
    // The tests look at what it really is.
    data: answer.data as AnswerOf<O>,
    code: answer.error?.code as string | undefined,
    error: answer.error,
  }
}
