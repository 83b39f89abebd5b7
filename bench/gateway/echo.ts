import { accounts } from '@secureconnect/protocol'
import { serve } from '../shared/child.ts'

// The service that everything is forwarded to: a fixed answer of the usual size, for as little as it can cost.
const keySet = process.argv[2] ?? ''
const answer = Buffer.from(JSON.stringify({ success: true, data: { text: 'x'.repeat(300) } }))
const headers = ['content-type', 'application/json', 'content-length', `${answer.length}`]

serve((request, response) => {
  if (request.url === accounts.keys.path) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(keySet)
    return
  }
  request.resume().on('end', () => response.writeHead(200, headers).end(answer))
})
