import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedSystem, startEmbeddedSystem } from '@secureconnect/dev-env'
import { openPglite } from '@secureconnect/sql'
import { fillMigratedFolder } from '@secureconnect/sql/testing'
import { readJson } from './read-json.ts'
import { until } from './until.ts'

type Cleanup = { after: (work: () => unknown) => void }
/** Pages have to know the gateway's port before it starts; others take what is free. */
type Options = { env?: Readonly<Record<string, string>>; portBase?: number }

/**
 * Has a stranger refused. The first sign-in of a process finds nothing loaded and nothing compiled: on a busy machine it
 * may take longer than a request is given, which is no matter of what is tested then.
 */
async function warmUp(address: string): Promise<void> {
  const body = JSON.stringify({ email: 'nobody@example.org', password: 'seven quiet harbours' })
  const signIn = () =>
    fetch(`${address}/v1/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  await until('somebody can sign in', async () => (await signIn()).status === 401, 60_000)
}

/**
 * The whole system in this process, on a database that is made already, which takes five times as long as the start;
 * once the gateway has found that all is there.
 */
export async function startPreparedSystem(
  t: Cleanup,
  { env = {}, portBase = 0 }: Options = {},
): Promise<{ system: EmbeddedSystem; folder: string; address: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'embedded-'))
  await fillMigratedFolder(join(folder, 'sql'))
  // More people sign up from one network here than do elsewhere.
  const settings = { RATELIMIT_REGISTER: '600', ...env }
  const system = await startEmbeddedSystem({ folder, portBase, revision: 'test', env: settings })
  t.after(async () => {
    await system[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })
  const address = system.addresses['api-gateway']
  const isHealthy = async () => (await readJson(await fetch(`${address}/health`))).status === 'healthy'
  await until('all services are found', isHealthy, 30_000)
  await warmUp(address)
  return { system, folder, address }
}

/** Makes somebody an administrator of the system whose folder it is; while that runs, `npm run admin` cannot. */
export async function grantAdmin(folder: string, username: string): Promise<void> {
  // Within one process all that open it have the same database.
  await using sql = await openPglite({ folder: join(folder, 'sql') })
  await sql.execute`update users set role = 'admin' where username = ${username}`
}
