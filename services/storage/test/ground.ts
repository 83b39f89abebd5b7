import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { limits } from '@secureconnect/protocol'
import { connectPostgres } from '@secureconnect/sql'
import { createMigratedDatabase, createTestMetrics, silentLog, toPostgresOptions } from '@secureconnect/sql/testing'
import { ServiceProcess } from '@secureconnect/test/helpers'
import { createMint, createServerEnv, onServers } from '@secureconnect/test/services'
import { createStoreSettings, type Store, startStorageOn } from './test-storage.ts'

type Cleanup = { after: (work: () => unknown) => void }

const dyingScript = join(import.meta.dirname, 'dying-storage.ts')

/** A database and a store on which processes live and die. */
export async function createGround(t: Cleanup, kind: Store = 'disk') {
  const database = await createMigratedDatabase(t)
  const store = await createStoreSettings(t, kind)
  const sql = await connectPostgres({ ...toPostgresOptions(database), metrics: createTestMetrics(), log: silentLog })
  t.after(() => sql.close())
  const secret = randomBytes(32).toString('base64url')
  const sizes = { MAX_FILE_BYTES: String(2 * limits.uploadPartBytes) }
  const common = { ...store, ...sizes, PORT: '0', DRAIN_SECONDS: '0', SHED_LOAD: 'false', JWT_SECRET: secret }
  const env = { ...(await createServerEnv(database)), ...common }
  /** A process, which dies at a step if it is told one. */
  const start = async (dieAt?: number) => {
    const script = dieAt === undefined ? undefined : [dyingScript, String(dieAt)]
    const started = new ServiceProcess('storage-service', env, script)
    t.after(() => started.child.kill('SIGKILL'))
    await started.listening()
    return started
  }
  /** The service in this process, for looking at what is left. */
  const recover = async () => {
    // It brings a key of its own, beside which one that nobody has renewed for minutes counts no more.
    await sql.execute`update public_keys set seen_at = now()`
    return startStorageOn(t, await onServers(database), store)
  }
  return { sql, context: { sql }, mint: await createMint(sql), start, recover }
}
