import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { isSigned } from './signature.ts'
import type { WebhookConfig } from './webhook-settings.ts'

const { createServer } = process.getBuiltinModule('node:http')
const loopback = ['localhost', '127.0.0.1', '[::1]']
const mostBytes = 1_048_576

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new Error('too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** Plays the receiver of webhooks on this machine and shows what comes, until it is stopped. */
export async function listenForWebhooks({ webhookUrl, webhookSecret: keys }: WebhookConfig): Promise<string> {
  if (webhookUrl === undefined || keys === undefined)
    throw new Error('There is no address or no secret yet: see --help.')
  const { hostname, port, protocol, host } = new URL(webhookUrl)
  if (!loopback.includes(hostname) || protocol !== 'http:') {
    throw new Error(`Webhooks go to ${host}, which is not http:// on this machine: nothing to listen to.`)
  }
  const server = createServer(async (request, response) => {
    try {
      const body = await readBody(request)
      const isOurs = isSigned({ headers: request.headers, body }, keys)
      process.stdout.write(isOurs ? `${body}\n` : 'A post came whose signature is wrong.\n')
      response.writeHead(isOurs ? 204 : 401).end()
    } catch {
      response.destroy()
    }
  })
  server.listen(Number(port) || 80, hostname.replace(/[[\]]/g, ''))
  await once(server, 'listening')
  process.stdout.write(`Listening at ${host}; Ctrl-C ends it.\n`)
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  server.close()
  server.closeAllConnections()
  return 'Stopped.'
}
