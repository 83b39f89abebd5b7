// After the database came back from a backup, while no service runs: node services/chat/restore.ts [--above EPOCH]
// EPOCH is what this printed before, where the same backup is put back a second time.
import { parseArgs } from 'node:util'
import { connectPostgres } from '@secureconnect/sql'
import { loadConfig, restoreChat } from './src/index.ts'

const { values } = parseArgs({ options: { above: { type: 'string', default: '0' } } })
const above = Number(values.above)
if (!Number.isSafeInteger(above) || above < 0)
  throw new Error(`--above needs the number of an epoch, not ${values.above}`)
await using sql = await connectPostgres(loadConfig())
const { epoch, conversations, pushes } = await restoreChat(sql, { above })
process.stdout.write(`${conversations} conversations begin epoch ${epoch}, ${pushes} waiting pushes were dropped.\n`)
