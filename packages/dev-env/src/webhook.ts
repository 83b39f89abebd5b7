import { join } from 'node:path'
import { runWebhookCommand } from '@secureconnect/video-service/webhook-command'
import { runCommand } from './run-command.ts'

await runCommand('webhook', ({ folder, words }) =>
  runWebhookCommand(words, { usage: 'npm run webhook --', secretsFolder: join(folder, 'secrets') }),
)
