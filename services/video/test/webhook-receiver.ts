import { randomBytes } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { CallWebhook } from '@secureconnect/protocol'
import { Webhook } from 'standardwebhooks'

type Cleanup = { after: (work: () => unknown) => void }
export type Answer = { status: number; retryAfter?: string } | 'none'
export type Received = { id: string; webhook: CallWebhook }

/** A system of the operator's that wants webhooks: it takes what the published library for receivers finds to be signed. */
export async function startReceiver(t: Cleanup) {
  const secret = randomBytes(32).toString('base64')
  const library = new Webhook(secret)
  const came = new EventEmitter()
  const received: Received[] = []
  const receiver = {
    /** Every post that was signed, in the order in which they came, also those that were not taken. */
    received,
    /** Decides how each post is answered. */
    answer: (_: Received): Answer => ({ status: 204 }),
    env: { WEBHOOK_URL: '', WEBHOOK_SECRET: secret },
    /** Waits until so much has come that this holds. */
    async until(isEnough: (received: readonly Received[]) => boolean): Promise<void> {
      while (!isEnough(received)) await once(came, 'post', { signal: AbortSignal.timeout(20_000) })
    },
  }
  const server = createServer(async (request, response) => {
    const webhook = library.verify(await text(request), request.headers as Record<string, string>)
    const one = { id: String(request.headers['webhook-id']), webhook: webhook as CallWebhook }
    received.push(one)
    const answer = receiver.answer(one)
    if (answer !== 'none') {
      response.writeHead(answer.status, answer.retryAfter ? { 'retry-after': answer.retryAfter } : {}).end()
    }
    came.emit('post')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  receiver.env.WEBHOOK_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/calls`
  return receiver
}
