import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { explainDocker } from '../docker/run-docker.ts'
import { Fault } from '../fault.ts'

/** Gives the services' login another password. It goes in by the standard input: arguments are seen by everybody. */
export async function tellPostgres(root: string, password: string): Promise<void> {
  if (!/^[0-9a-f]+$/.test(password)) throw new Error('only what needs no quotes is put into SQL')
  const psql = [
    'psql',
    '--no-psqlrc',
    '--quiet',
    '--set',
    'ON_ERROR_STOP=1',
    '--username',
    'postgres',
    '--dbname',
    'secureconnect',
  ]
  const args = ['exec', '--interactive', 'secureconnect_postgres', ...psql]
  const child = spawn('docker', args, { cwd: root, stdio: ['pipe', 'ignore', 'pipe'] })
  let told = ''
  child.stderr.on('data', (chunk) => {
    told += chunk
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(
    `set log_statement = none;\nset log_min_duration_statement = -1;\nalter role secureconnect password '${password}';\n`,
  )
  const [code] = await once(child, 'close')
  if (code === 0) return
  throw (
    explainDocker(told) ??
    new Fault(
      `Postgres did not take the new password: ${told.trim().split('\n').at(-1)}`,
      'Run ./ops status: postgres must run.',
    )
  )
}
