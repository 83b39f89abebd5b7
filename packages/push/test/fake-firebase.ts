import { generateKeyPairSync, type KeyObject, randomUUID, verify } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { toMessage } from '../src/to-message.ts'

type Message = ReturnType<typeof toMessage>['message']

/** How a push is answered: taken, unless something else is said. */
export type Answer = {
  status?: number
  /** Firebase's word for what is wrong, such as UNREGISTERED. */
  errorCode?: string
  /** The field that a 400 complains of. */
  field?: string
  retryAfter?: string
  delayMs?: number
  /** Breaks the connection off instead of answering. */
  isCut?: true
}

export type Received = { message: Message; answeredAt: number; status: number }

export type FakeFirebase = {
  url: string
  /** What the Firebase console would give: the file with the credentials. */
  credentials: string
  /** Every push that was answered, in the order of the answers. */
  received: Received[]
  /** Those that were taken. */
  readonly taken: Received[]
  /** Decides how each push is answered. */
  answer: (message: Message) => Answer
  /** Access tokens that were given out, and how long each lasts. */
  grants: number
  grantSeconds: number
  /** No access token counts any more that was given so far. */
  revokeAll(): void
  close(): Promise<void>
}

const accountEmail = 'push@example.iam.gserviceaccount.com'

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function decode(part = ''): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString())
}

/** Whether an assertion is what Google's token endpoint takes: signed by the account, for it, for this scope, and young. */
function isGood(assertion: string, key: KeyObject, audience: string): boolean {
  const [header, claims, signature = ''] = assertion.split('.')
  const { iss, scope, aud, iat, exp } = decode(claims)
  const isSigned = verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))
  const now = Date.now() / 1_000
  const isYoung = Number(iat) <= now + 1 && Number(exp) > now && Number(exp) - Number(iat) <= 3_600
  const isForUs = iss === accountEmail && aud === audience
  return isSigned && isYoung && isForUs && scope === 'https://www.googleapis.com/auth/firebase.messaging'
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

const words: Readonly<Record<number, string>> = { 400: 'INVALID_ARGUMENT', 401: 'UNAUTHENTICATED', 404: 'NOT_FOUND' }

/** Errors as Google's interfaces tell them. */
function refuse(response: ServerResponse, status: number, { errorCode, field, retryAfter }: Answer): void {
  const details = [
    ...(errorCode ? [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }] : []),
    ...(field ? [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field }] }] : []),
  ]
  const error = { code: status, message: 'refused', status: words[status] ?? 'UNAVAILABLE', details }
  send(response, status, { error }, retryAfter === undefined ? {} : { 'retry-after': retryAfter })
}

/** A fake Firebase: speaks HTTP v1 and Google's token exchange over real connections on loopback, and keeps what it gets. */
export async function startFakeFirebase(projectId = 'example-project'): Promise<FakeFirebase> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const good = new Set<string>()

  async function grant(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await readText(request))
    if (!isGood(form.get('assertion') ?? '..', publicKey, `${fake.url}/token`))
      return send(response, 400, { error: 'invalid_grant' })
    const access_token = randomUUID()
    good.add(access_token)
    fake.grants += 1
    send(response, 200, { access_token, expires_in: fake.grantSeconds, token_type: 'Bearer' })
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readText(request)
    const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
    if (!good.has(token)) return refuse(response, 401, {})
    const { message }: { message: Message } = JSON.parse(text)
    const answer = fake.answer(message)
    const { status = 200, delayMs = 0, isCut } = answer
    if (delayMs > 0) await delay(delayMs, undefined, { ref: false })
    if (isCut || response.destroyed) return void response.destroy()
    fake.received.push({ message, answeredAt: Date.now(), status })
    if (status === 200) send(response, 200, { name: `projects/${projectId}/messages/${randomUUID()}` })
    else refuse(response, status, answer)
  }

  const server = createServer((request, response) => {
    if (request.url === '/token') return void grant(request, response)
    if (request.url === `/v1/projects/${projectId}/messages:send`) return void take(request, response)
    refuse(response, 404, {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const fake: FakeFirebase = {
    url,
    credentials: JSON.stringify({
      type: 'service_account',
      project_id: projectId,
      client_email: accountEmail,
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      token_uri: `${url}/token`,
    }),
    received: [],
    get taken() {
      return fake.received.filter(({ status }) => status === 200)
    },
    answer: () => ({}),
    grants: 0,
    grantSeconds: 3_599,
    revokeAll: () => good.clear(),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  return fake
}
