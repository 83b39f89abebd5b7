// Gives chat-service's login at Cassandra the password that comes by the standard input; the old one is in the settings:
// node services/chat/change-archive-password.ts <NEW
import { text } from 'node:stream/consumers'
import { changeArchivePassword, loadArchiveConfig } from './src/index.ts'

try {
  const password = (await text(process.stdin)).trim()
  if (password === '') throw new Error('No password came by the standard input.')
  await changeArchivePassword(loadArchiveConfig(), password)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
