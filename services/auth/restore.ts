// After the database came back from a backup, while no service runs: node services/auth/restore.ts
import { connectPostgres } from '@secureconnect/sql'
import { loadConfig, restoreAccounts } from './src/index.ts'

await using sql = await connectPostgres(loadConfig())
const { sessions, mails } = await restoreAccounts(sql)
process.stdout.write(`${sessions} sessions were ended, ${mails} waiting mails dropped.\n`)
