import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runAdminCommand } from '@secureconnect/auth-service'
import { migrate, openPglite, type Sql } from '@secureconnect/sql'
import { DataFolder } from './data-folder.ts'
import { runCommand } from './run-command.ts'

/** One process at a time has the database, so the folder is taken as `npm start` takes it. */
async function openDatabase(path: string): Promise<Sql> {
  const database = join(path, 'sql')
  if (!existsSync(database))
    throw new Error(
      `There are no accounts in ${path} yet: run npm start and register one, or name the folder with --data DIR.`,
    )
  using stack = new DisposableStack()
  stack.use(DataFolder.claim(path, 'stop npm start (Ctrl-C), run this again, then start it anew'))
  const sql = await openPglite({ folder: database })
  await migrate(sql)
  const owned = stack.move()
  const close = async () => {
    await sql.close()
    owned.dispose()
  }
  return { ...sql, close, [Symbol.asyncDispose]: close }
}

await runCommand('admin', ({ folder, words }) =>
  runAdminCommand(words, {
    usage: 'npm run admin --',
    advice: 'Stop npm start first, and start it again afterwards. --data DIR names the folder where it is not .data.',
    open: async () => ({ sql: await openDatabase(resolve(folder)), needsConfirmedAddress: false }),
  }),
)
