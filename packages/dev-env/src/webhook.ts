import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runWebhookCommand } from '@secureconnect/video-service/webhook-command'

function parse(args: readonly string[]) {
  const options = {
    data: { type: 'string', default: '.data' },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
  return { folder: values.data, words: values.help ? ['help'] : positionals }
}

try {
  const { folder, words } = parse(process.argv.slice(2))
  const secretsFolder = join(folder, 'secrets')
  process.exitCode = await runWebhookCommand(words, { usage: 'npm run webhook --', secretsFolder })
} catch (error) {
  const [fault] = error instanceof Error ? error.message.split(/[.\n]/, 1) : []
  console.error(`${fault}: npm run webhook -- --help shows what can be said.`)
  process.exitCode = 1
}
