import { randomBytes, randomUUID } from 'node:crypto'
import { accounts, calls, conversations, files, type ServiceName } from '@secureconnect/protocol'
import { ask } from './ask.ts'

/** By what requests are found again, wherever they went. */
export type Marks = { requestId: string; traceId: string }

/** One operation of each service behind the gateway; none needs anybody to be signed in to be answered. */
const operations = {
  'auth-service': accounts.login,
  'chat-service': conversations.list,
  'video-service': calls.list,
  'storage-service': files.list,
} as const satisfies Partial<Record<ServiceName, object>>

/** The services that have to do with them. */
export const markedServices: readonly string[] = ['api-gateway', ...Object.keys(operations)]

/** Sends a request to each service through the gateway, all with the same request id, in one trace that is kept. */
export async function sendMarkedRequests(gateway = 'http://127.0.0.1:8080'): Promise<Marks> {
  const marks = { requestId: randomUUID(), traceId: randomBytes(16).toString('hex') }
  const headers = {
    'content-type': 'application/json',
    'x-request-id': marks.requestId,
    traceparent: `00-${marks.traceId}-${randomBytes(8).toString('hex')}-01`,
  }
  // Nobody has this address, which the database is asked for.
  const body = JSON.stringify({ email: `${randomUUID()}@verify.invalid`, password: randomUUID() })
  for (const { method, path } of Object.values(operations))
    await ask(`${gateway}${path}`, { method, headers, ...(method === 'POST' && { body }) })
  return marks
}
