// Once, and again by whoever wants to be sure: node services/chat/prepare-archive.ts
// Cassandra comes with a superuser whose password everybody knows. This makes chat-service's own login and tables with it, and
// then gives it a password that nobody knows. It goes on until that is done.
import { ConfigError } from '@secureconnect/config'
import { createLogger, flushLogger } from '@secureconnect/logging'
import { loadArchiveConfig, prepareArchive } from './src/index.ts'

const log = createLogger({ service: 'init-stores', revision: 'unknown', level: 'info' })
try {
  await prepareArchive(loadArchiveConfig(), { log })
} catch (error) {
  if (error instanceof ConfigError) log.fatal(error.message)
  else log.fatal({ error }, 'the archive could not be prepared')
  process.exitCode = 1
}
await flushLogger(log)
