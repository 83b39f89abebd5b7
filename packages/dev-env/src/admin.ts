import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { runAdminCommand } from '@secureconnect/auth-service'
import { migrate, openPglite, type Sql } from '@secureconnect/sql'
import { DataFolder } from './data-folder.ts'

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

function parse(args: readonly string[]) {
  const options = {
    data: { type: 'string', default: '.data' },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
  return { folder: resolve(values.data), words: values.help ? ['help'] : positionals }
}

try {
  const { folder, words } = parse(process.argv.slice(2))
  process.exitCode = await runAdminCommand(words, {
    usage: 'npm run admin --',
    advice: 'Stop npm start first, and start it again afterwards. --data DIR names the folder where it is not .data.',
    open: async () => ({ sql: await openDatabase(folder), needsConfirmedAddress: false }),
  })
} catch (error) {
  const [fault] = error instanceof Error ? error.message.split(/[.\n]/, 1) : []
  console.error(`${fault}: npm run admin -- --help shows what can be said.`)
  process.exitCode = 1
}
