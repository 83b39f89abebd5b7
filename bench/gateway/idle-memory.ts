import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { generateSigningKeys } from '@secureconnect/auth-service'
import { type ServiceName, serviceNames } from '@secureconnect/protocol'
import type { Database } from '@secureconnect/test/stack'
import type { Usage } from './child.ts'
import { Measured } from './measured.ts'

export const together = 'all five in one process'

/** What each process holds in memory while nobody asks anything of it. */
export type IdleMemory = ReadonlyMap<ServiceName | typeof together, Usage>

type Env = Readonly<Record<string, string>>

export type IdleMemoryOptions = { database: Database; redisEnv: Env; settleMs: number }

export function createServiceEnv({ host, port, user, password, database }: Database, redisEnv: Env): Env {
  const createKey = () => randomBytes(32).toString('base64url')
  return {
    ...redisEnv,
    PORT: '0',
    DB_HOST: host,
    DB_PORT: `${port}`,
    DB_USER: user,
    DB_PASSWORD: password,
    DB_NAME: database,
    JWT_SECRET: createKey(),
    JWT_SIGNING_KEYS: generateSigningKeys(),
    REFRESH_KEY: createKey(),
    PASSWORD_PEPPER: createKey(),
  }
}

/** Brings the database up to date by the command that operators use. */
export async function migrateDatabase(env: Env): Promise<void> {
  const script = join(import.meta.dirname, '../../packages/sql/src/migrate-command.ts')
  await promisify(execFile)(process.execPath, [script], { env })
}

/** Starts every service, and then all of them in one process, and looks when they have settled. */
export async function measureIdleMemory({ database, redisEnv, settleMs }: IdleMemoryOptions): Promise<IdleMemory> {
  await using stack = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  stack.defer(() => rmSync(folder, { recursive: true }))
  const env = createServiceEnv(database, redisEnv)
  await migrateDatabase(env)
  const startService = (name: ServiceName) =>
    Measured.start('service.ts', { args: [name.replace('-service', '')], env })
  // Once to compile its sources, where the compiled ones are kept, as an image does when it is built.
  for (const name of serviceNames) await (await startService(name))[Symbol.asyncDispose]()
  const running = new Map<ServiceName | typeof together, Measured>()
  for (const name of serviceNames) running.set(name, stack.use(await startService(name)))
  running.set(together, stack.use(await Measured.start('embedded.ts', { args: [folder] })))
  await delay(settleMs)
  return new Map(await Promise.all([...running].map(async ([name, process]) => [name, await process.usage()] as const)))
}
