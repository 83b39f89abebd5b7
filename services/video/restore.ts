// After the database came back from a backup, while no service runs: node services/video/restore.ts
import { connectPostgres } from '@secureconnect/sql'
import { loadConfig, restoreCalls } from './src/index.ts'

await using sql = await connectPostgres(loadConfig())
const { calls, webhooks } = await restoreCalls(sql)
process.stdout.write(`${calls} calls were ended, ${webhooks} waiting webhooks dropped.\n`)
