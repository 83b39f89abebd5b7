import { runWebhookCommand } from './src/webhooks/run-webhook-command.ts'

process.exitCode = await runWebhookCommand(process.argv.slice(2), {
  usage: 'docker compose exec video-service node services/video/webhook.ts',
  secretsFolder: '/run/secrets',
})
