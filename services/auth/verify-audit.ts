import { verifyAuditChain } from '@secureconnect/audit'
import { connectPostgres } from '@secureconnect/sql'
import { loadConfig } from './src/index.ts'

// Goes through the audit log of the configured database, and prints what it proves as one line of JSON.
await using sql = await connectPostgres(loadConfig())
process.stdout.write(`${JSON.stringify(await verifyAuditChain(sql))}\n`)
