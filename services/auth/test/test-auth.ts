import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '@secureconnect/config'
import { createLocalKv } from '@secureconnect/kv'
import { captureLog } from '@secureconnect/logging/testing'
import type { SignedIn } from '@secureconnect/protocol'
import { createServerPlatform, type Platform, serverSettings, startService } from '@secureconnect/service'
import { migrate, openPglite } from '@secureconnect/sql'
import { createMigratedDatabase, createMigratedFolder } from '@secureconnect/sql/testing'
import type { Engine } from '@secureconnect/test/services'
import type { Database } from '@secureconnect/test/stack'
import { buildApp, createContext, generateSigningKeys, settings } from '../src/index.ts'
import { standForOthers } from './other-services.ts'

export { type Engine, engines } from '@secureconnect/test/services'

type Cleanup = { after: (work: () => unknown) => void }

/** A fresh database of the given kind, and how services get at it. */
export async function createPlatform(t: Cleanup, engine: Engine): Promise<Platform> {
  const kv = createLocalKv()
  t.after(() => kv.close())
  const openKv: Platform['openKv'] = async () => ({
    ...kv,
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  })
  if (engine === 'pglite') {
    const folder = await createMigratedFolder(t)
    const sql = await openPglite({ folder })
    t.after(() => sql.close())
    return { openSql: (observers) => openPglite({ folder, ...observers }), openKv }
  }
  return { ...onPostgres(await createMigratedDatabase(t)), openKv }
}

/** How services get at a Postgres; at its side there is no Redis. */
export function onPostgres({ host, port, user, password, database }: Database): Platform {
  const env = { DB_HOST: host, DB_PORT: String(port), DB_USER: user, DB_NAME: database, DB_PASSWORD: password }
  return createServerPlatform(parseConfig(serverSettings, { env }))
}

/** The secrets of one installation, which all its processes share. */
export function createSecrets() {
  const key = () => randomBytes(32).toString('base64url')
  return {
    JWT_SIGNING_KEYS: generateSigningKeys(),
    JWT_SECRET: key(),
    REFRESH_KEY: key(),
    PASSWORD_PEPPER: key(),
  }
}

/** auth-service on a fresh database, on a free port, with what it logs and the mails it sends. */
export async function startAuth(t: Cleanup, engine: Engine, more: Readonly<Record<string, string>> = {}) {
  return startAuthOn(t, await createPlatform(t, engine), more)
}

/** auth-service on a database that is there already: its second process, or the one after a crash. */
export async function startAuthOn(t: Cleanup, platform: Platform, more: Readonly<Record<string, string>> = {}) {
  const mailFolder = mkdtempSync(join(tmpdir(), 'auth-mail-'))
  t.after(() => rmSync(mailFolder, { recursive: true }))
  const env = {
    PORT: '0',
    DRAIN_SECONDS: '0',
    SHED_LOAD: 'false',
    MAIL_FOLDER: mailFolder,
    // Most tests are about other things than mails, and wait for those that they caused themselves.
    EMAIL_VERIFICATION: 'off',
    ...createSecrets(),
    ...more,
  }
  const { stream, lines, line } = captureLog()
  const context = await createContext(parseConfig(settings, { env }), { ...platform, logStream: stream })
  await migrate(context.sql)
  const running = await startService(await buildApp(context))
  const told = new Set<string>()
  const others = await standForOthers(context, told)
  const stop = async () => {
    await others.close()
    await running.stop()
  }
  t.after(stop)
  return { ...running, stop, context, lines, line, told }
}

export type Auth = Awaited<ReturnType<typeof startAuth>>

export const goodPassword = 'seven quiet harbours'

export function newPerson() {
  const username = `p-${randomUUID().slice(0, 12)}`
  return { email: `${username}@Example.org`, username, password: goodPassword, display_name: 'A Person' }
}

/** Sends a request and reads the answer, whatever it is. */
export async function ask(
  url: string,
  init: { method?: string; body?: unknown; token?: string; headers?: object } = {},
) {
  const { method = init.body === undefined ? 'GET' : 'POST', body, token } = init
  const response = await fetch(url, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...init.headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const answer = text === '' ? {} : JSON.parse(text)
  return {
    status: response.status,
    headers: response.headers,
    data: answer.data,
    code: answer.error?.code,
    error: answer.error,
    answer,
    text,
  }
}

/** A new account, signed in. */
export async function registerPerson({
  address,
}: Pick<Auth, 'address'>): Promise<Required<SignedIn> & { person: ReturnType<typeof newPerson> }> {
  const person = newPerson()
  const { data } = await ask(`${address}/v1/auth/register`, { body: person })
  return { ...data, person }
}

/** A new account that is an administrator, signed in. */
export async function registerAdmin(auth: Pick<Auth, 'address' | 'context'>) {
  const registered = await registerPerson(auth)
  await auth.context.sql.execute`update users set role = 'admin' where user_id = ${registered.user.user_id}`
  return registered
}
