import { runDocker } from '../docker/run-docker.ts'
import { Fault } from '../fault.ts'

const psql = 'psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username postgres --dbname secureconnect'.split(' ')

/** Gives the services' login another password. It goes in by the standard input: arguments are seen by everybody. */
export async function tellPostgres(root: string, { next: password }: { next: string }): Promise<void> {
  if (!/^[0-9a-f]+$/.test(password)) throw new Error('only what needs no quotes is put into SQL')
  const silence = 'set log_statement = none; set log_min_duration_statement = -1;'
  const input = `${silence}\nalter role secureconnect password '${password}';\n`
  try {
    await runDocker(['exec', '--interactive', 'secureconnect_postgres', ...psql], { root, input })
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw new Fault(`Postgres did not take the new password. ${error.message}`, error.wayOut, { cause: error })
  }
}
