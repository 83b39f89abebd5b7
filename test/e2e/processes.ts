import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { generateSigningKeys } from '@secureconnect/auth-service'
import type { ServiceName } from '@secureconnect/protocol'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { ServiceProcess, surroundings } from '@secureconnect/test/helpers'
import { ownRedisServer } from '@secureconnect/test/stack'

type Cleanup = { after: (work: () => unknown) => void }

const root = resolve(import.meta.dirname, '../..')

/** All five services as processes of their own, on a database and secrets of this test's own. */
export type ProcessSystem = Readonly<Record<ServiceName, ServiceProcess>>

function createFolder(t: Cleanup, name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`))
  // Tried again, for a service that is only about to be ended may write there.
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

export function createSecrets(t: Cleanup): Record<string, string> {
  const folder = createFolder(t, 'secrets')
  const write = (name: string, value: string) => {
    const path = join(folder, name)
    writeFileSync(path, value, { mode: 0o600 })
    return path
  }
  const createKey = () => randomBytes(32).toString('base64url')
  return {
    JWT_SECRET_FILE: write('jwt_secret', createKey()),
    JWT_SIGNING_KEYS_FILE: write('jwt_signing_keys', generateSigningKeys()),
    REFRESH_KEY_FILE: write('refresh_key', createKey()),
    PASSWORD_PEPPER_FILE: write('password_pepper', createKey()),
  }
}

/** The settings that processes need, on a database and a Redis of their own: on a shared one they share limits, too. */
export async function createProcessEnv(t: Cleanup): Promise<Record<string, string>> {
  const database = await createMigratedDatabase(t)
  const { host, port, username, password } = await ownRedisServer(t)
  return {
    PORT: '0',
    DRAIN_SECONDS: '2',
    // The machine that runs the tests may be busy with others of them, which is no reason to refuse requests.
    SHED_LOAD: 'false',
    MAIL_FOLDER: createFolder(t, 'mail'),
    BLOBS_FOLDER: createFolder(t, 'blobs'),
    DB_HOST: database.host,
    DB_PORT: String(database.port),
    DB_USER: database.user,
    DB_NAME: database.database,
    DB_PASSWORD: database.password,
    REDIS_HOST: host,
    REDIS_PORT: String(port),
    REDIS_USERNAME: username,
    REDIS_PASSWORD: password,
    ...createSecrets(t),
  }
}

/** Brings a database up to date by the command that operators use. */
export async function migrateDatabase(env: NodeJS.ProcessEnv): Promise<void> {
  const script = join(root, 'packages/sql/src/migrate-command.ts')
  const child = spawn(process.execPath, [script], { env: { ...surroundings, ...env }, stdio: 'ignore' })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`the migration ended with ${code}`)
}

export function startProcess(t: Cleanup, service: ServiceName, env: NodeJS.ProcessEnv): ServiceProcess {
  const started = new ServiceProcess(service, env)
  t.after(async () => {
    started.child.kill('SIGKILL')
    await started.ended
  })
  return started
}

export async function startProcessSystem(t: Cleanup, given?: NodeJS.ProcessEnv): Promise<ProcessSystem> {
  const env = given ?? (await createProcessEnv(t))
  const start = async (name: ServiceName, more: NodeJS.ProcessEnv = {}) => {
    const started = startProcess(t, name, { ...env, ...more })
    await started.listening()
    return started
  }
  const [auth, chat, video, storage] = await Promise.all([
    start('auth-service'),
    start('chat-service'),
    start('video-service'),
    start('storage-service'),
  ])
  const gateway = await start('api-gateway', {
    AUTH_URL: auth.address,
    CHAT_URL: chat.address,
    VIDEO_URL: video.address,
    STORAGE_URL: storage.address,
  })
  return {
    'api-gateway': gateway,
    'auth-service': auth,
    'chat-service': chat,
    'video-service': video,
    'storage-service': storage,
  }
}
