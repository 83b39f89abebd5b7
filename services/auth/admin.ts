import { connectPostgres } from '@secureconnect/sql'
import { loadConfig, runAdminCommand } from './src/index.ts'

process.exitCode = await runAdminCommand(process.argv.slice(2), {
  usage: 'docker compose exec auth-service node services/auth/admin.ts',
  advice: 'The address has to be confirmed.',
  async open() {
    const config = loadConfig()
    return { sql: await connectPostgres(config), needsConfirmedAddress: config.emailVerification !== 'off' }
  },
})
