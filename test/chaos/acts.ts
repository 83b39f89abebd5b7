import { randomUUID } from 'node:crypto'
import { accounts, calls, files, messages } from '@secureconnect/protocol'
import { call } from '../services/index.ts'
import type { Cast } from './cast.ts'

/** How an act was answered. */
export type Answer = { status: number; code?: string | undefined; headers: Headers }

/** Nobody waits longer for an answer. */
const patienceMs = 15_000

const within = () => AbortSignal.timeout(patienceMs)

async function upload({ at, ada }: Cast): Promise<Answer> {
  const body = { file_name: 'note.txt', content_type: 'text/plain', file_size: 5 }
  const begun = await call(at, files.beginUpload, { token: ada.token, body, signal: within() })
  if (begun.status !== 201) return begun
  const { upload_url, headers, file_id } = begun.data
  const put = await fetch(String(upload_url), { method: 'PUT', headers, body: 'hello', signal: within() })
  if (!put.ok) return { status: put.status, headers: put.headers }
  return call(at, files.completeUpload, { token: ada.token, body: { file_id }, signal: within() })
}

async function send({ at, ada, conversationId, letters }: Cast): Promise<Answer> {
  const content = randomUUID()
  const body = { conversation_id: conversationId, client_id: content, content, message_type: 'text' } as const
  letters.tried.add(content)
  const answer = await call(at, messages.send, { token: ada.token, body, signal: within() })
  if (answer.status === 201) letters.acknowledged.set(content, answer.data.message_id)
  return answer
}

/** A token is exchanged under one key until its answer is there, as the SDK does it. */
export async function refresh(at: Cast['at'], person: Cast['dora']): Promise<Answer> {
  const body = { refresh_token: person.refreshToken }
  const headers = { 'idempotency-key': person.refreshKey }
  const answer = await call(at, accounts.refresh, { body, headers, signal: within() })
  if (answer.status === 200) {
    person.token = answer.data.access_token
    person.refreshToken = String(answer.data.refresh_token)
    person.refreshKey = randomUUID()
  }
  return answer
}

/** What people do all the time, each act over and over. */
export const acts = {
  'sign in': ({ at, cleo: { email, password } }: Cast) =>
    call(at, accounts.login, { body: { email, password }, signal: within() }),
  refresh: ({ at, dora }: Cast) => refresh(at, dora),
  'read the profile': ({ at, ada }: Cast) => call(at, accounts.getMe, { token: ada.token, signal: within() }),
  'fetch the public keys': ({ at }: Cast) => fetch(`${at.address}${accounts.wellKnownKeys.path}`, { signal: within() }),
  'send a message': send,
  'read the newest': ({ at, ada, conversationId }: Cast) =>
    call(at, messages.list, {
      token: ada.token,
      query: { conversation_id: conversationId, limit: 20 },
      signal: within(),
    }),
  'list calls': ({ at, ada }: Cast) => call(at, calls.list, { token: ada.token, signal: within() }),
  'upload a file': upload,
  'list files': ({ at, ada }: Cast) => call(at, files.list, { token: ada.token, signal: within() }),
  'ask for a download': ({ at, ada, fileId }: Cast) =>
    call(at, files.getDownload, { token: ada.token, params: { file_id: fileId }, signal: within() }),
  'download what is signed': ({ signedUrl }: Cast) => fetch(signedUrl, { signal: within() }),
} satisfies Record<string, (cast: Cast) => Promise<Answer>>

export type Act = keyof typeof acts
export const allActs = Object.keys(acts) as Act[]
