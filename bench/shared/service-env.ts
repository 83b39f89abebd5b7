import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { generateSigningKeys } from '@secureconnect/auth-service'
import type { Database } from '@secureconnect/test/stack'

export type Env = Readonly<Record<string, string>>

/** What a service on a database of its own is told. */
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
