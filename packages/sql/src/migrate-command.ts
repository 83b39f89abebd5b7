import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError } from '@secureconnect/config'
import { createLogger, flushLogger } from '@secureconnect/logging'
import { loadSqlConfig } from './config.ts'
import { connectPostgres } from './connect-postgres.ts'
import { SqlUnavailable } from './errors.ts'
import { migrate } from './migrate.ts'
import type { Sql } from './sql.ts'

// node packages/sql/src/migrate-command.ts
// Migrates the configured database and ends: 0 when the schema is as this code needs it, 1 when it is not.

const patienceMs = 60_000
const pauseMs = 1_000

const log = createLogger({ service: 'migrate', revision: 'unknown', level: 'info' })

/** The server may still be starting, so its absence is an error only after a while. */
async function migrateWhenThere(sql: Sql): Promise<void> {
  const giveUpAt = Date.now() + patienceMs
  for (;;) {
    try {
      return await migrate(sql, { onProgress: (message) => log.info(message) })
    } catch (error) {
      if (!(error instanceof SqlUnavailable) || Date.now() > giveUpAt) throw error
      log.warn({ reason: error.reason }, 'the database does not answer: trying again')
      await sleep(pauseMs)
    }
  }
}

try {
  await using sql = await connectPostgres({ ...loadSqlConfig(), log })
  await migrateWhenThere(sql)
} catch (error) {
  if (error instanceof ConfigError) log.fatal(error.message)
  else log.fatal({ error }, 'the schema could not be migrated')
  process.exitCode = 1
}
await flushLogger(log)
