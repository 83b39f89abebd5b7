import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, ensureSchema } from '@secureconnect/chat-service/archive'
import { createLogger } from '@secureconnect/logging'
import { connectPostgres } from '@secureconnect/sql'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { cassandraEnv } from '@secureconnect/test/cassandra'
import { createServerEnv } from '@secureconnect/test/services'
import { objectStore } from '@secureconnect/test/stack'
import { type Config, loadConfig } from '../src/config.ts'
import { type Stage, withStage } from '../src/stage.ts'

type Cleanup = { after: (work: () => unknown) => void }

export const silentLog = createLogger({ service: 'backup', revision: 'test', level: 'silent' })

/** Folders of this test, gone after it. */
function createFolders(t: Cleanup): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'backup-'))
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  mkdirSync(join(folder, 'metrics'))
  writeFileSync(join(folder, 'installation.json'), '{"files":[]}')
  return {
    BACKUP_TARGET: join(folder, 'target'),
    METRICS_FOLDER: join(folder, 'metrics'),
    PULSE_FILE: join(folder, 'pulse'),
    INSTALLATION_FILE: join(folder, 'installation.json'),
  }
}

/** An installation with stores of its own, and a target for its backups. */
export async function createGround(t: Cleanup) {
  const { host, port, accessKey, secretKey, region } = await objectStore()
  const name = `backup_${randomBytes(6).toString('hex')}`
  const env = {
    ...(await createServerEnv(await createMigratedDatabase(t))),
    ...(await cassandraEnv()),
    CASSANDRA_KEYSPACE: name,
    S3_URL: `http://${host}:${port}`,
    S3_REGION: region,
    S3_BUCKET: name.replace('_', '-'),
    MINIO_ACCESS_KEY: accessKey,
    MINIO_SECRET_KEY: secretKey,
    BACKUP_KEY: randomBytes(32).toString('hex'),
    ...createFolders(t),
  }
  const config = loadConfig(env)
  const { client, close } = await createClient(config)
  await client.connect()
  await ensureSchema(client, config)
  t.after(close)
  t.after(() => client.execute(`drop keyspace ${name}`, [], { readTimeout: 60_000 }))
  const sql = await connectPostgres(config)
  t.after(() => sql.close())
  const told: string[] = []
  const act = <T>(work: (stage: Stage) => Promise<T>, more: Partial<Config> = {}): Promise<T> =>
    withStage({ ...config, ...more }, { log: silentLog, tell: (line) => told.push(line) }, work)
  return { env, config, client, sql, act, told }
}

export type Ground = Awaited<ReturnType<typeof createGround>>

/** What a task says that fails. */
export async function sentenceOf(work: Promise<unknown>): Promise<string> {
  const { describeFault } = await import('../src/describe-fault.ts')
  const outcome = await work.then(() => 'nothing failed', describeFault)
  assert.notEqual(outcome, 'nothing failed')
  return outcome
}
