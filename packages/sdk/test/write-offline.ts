// Run by live-chat.test.ts: writes three messages where no service is, tells when they are kept, and waits to be killed.
import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from '../src/index.ts'
import { openFileStorage } from '../src/node.ts'

const [folder = '', conversation_id = ''] = process.argv.slice(2)
const storage = await openFileStorage(folder)
const { chat, restore } = createClient({ address: 'http://127.0.0.1:1', storage })
await restore()
chat.open().catch(() => undefined)
for (const content of ['one', 'two', 'three']) {
  chat.send({ conversation_id, content, message_type: 'text' }).catch(() => undefined)
}
while ((await storage.list('send:')).size < 3) await delay(5)
process.stdout.write('kept\n')
