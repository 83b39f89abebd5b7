import { execFile } from 'node:child_process'
import { chown, realpath, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import type { Command } from '../guard-messages.ts'
import { findOrInstall } from '../install.ts'
import type { Place, Recipe } from '../server.ts'

const settings = {
  max_connections: 400,
  shared_buffers: '128MB',
  unix_socket_directories: '',
  timezone: 'UTC',
  fsync: 'off',
}

/** Postgres for tests that do not crash it: a commit need not have reached the log file. */
export const postgres = createRecipe({ ...settings, synchronous_commit: 'off', full_page_writes: 'off' })

/** Postgres that keeps every commit when it is killed; only a machine's crash could lose one. */
export const crashSafePostgres = createRecipe(settings)

function createRecipe(options: Record<string, string | number>): Recipe {
  return {
    name: 'postgres',

    async prepare(place) {
      const { folder, address } = place
      const file = await findOrInstall({
        name: 'postgres',
        folders: '/usr/lib/postgresql/*/bin',
        package: 'postgresql',
        variable: 'TEST_POSTGRES_URL',
      })
      const identity = await findIdentity()
      if (identity) await chown(folder, identity.uid, identity.gid)
      const data = join(folder, 'data')
      await initialise(place, { initdb: join(dirname(await realpath(file)), 'initdb'), data, identity })
      const all = { ...options, listen_addresses: address.host, port: address.port }
      const args = ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
      // An immediate shutdown is a crash to data and clients, but leaves no shared memory behind as SIGKILL does.
      return { file, args, stopSignal: 'SIGQUIT', ...(identity && { identity }) }
    },

    async ping(address) {
      const client = new pg.Client({ ...address, database: 'postgres' })
      try {
        await client.connect()
        await client.query('select 1')
      } finally {
        await client.end()
      }
    },
  }
}

type Initialisation = { initdb: string; data: string; identity: Command['identity'] }

async function initialise(
  { guard, folder, address }: Place,
  { initdb, data, identity }: Initialisation,
): Promise<void> {
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, address.password, { mode: 0o600 })
  if (identity) await chown(passwordFile, identity.uid, identity.gid)
  const login = ['-U', address.user, '-A', 'scram-sha-256', '--pwfile', passwordFile]
  await guard.run({
    file: initdb,
    args: ['-D', data, ...login, '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync', '--no-instructions'],
    logFile: `${folder}.log`,
    ...(identity && { identity }),
  })
}

/** Postgres refuses to run as root, so root runs it as the user that its package made. */
async function findIdentity(): Promise<Command['identity']> {
  if (process.getuid?.() !== 0) return undefined
  const id = async (option: string) => Number((await promisify(execFile)('id', [option, 'postgres'])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}
