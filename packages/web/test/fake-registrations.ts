import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { BrowserContext } from 'playwright-core'

type Web = { endpoint: string; p256dh: string; auth: string; applicationPubKey: string }
type Answer = { status: number; body: object }

export type FakeRegistrations = {
  /** The secret of each installation that there is, by its id. */
  installations: ReadonlyMap<string, string>
  /** What was registered, by the token given for it. */
  registered: ReadonlyMap<string, Web>
  /** Answers every request like this, while it is set. */
  refusal: Answer | undefined
  /** Has the pages of a browser reach this in Firebase's place. */
  standInFor(context: BrowserContext): Promise<void>
}

const refused = (status: number): Answer => ({ status, body: { error: { code: status, message: 'refused' } } })

/** Leads what the pages of a browser ask Firebase to an address on loopback. */
async function lead(context: BrowserContext, address: string): Promise<void> {
  await context.route(/^https:\/\/(firebaseinstallations|fcmregistrations)\.googleapis\.com\//, async (route) => {
    const request = route.request()
    const response = await fetch(address + new URL(request.url()).pathname, {
      method: request.method(),
      headers: request.headers(),
      body: request.postData(),
    })
    const { status, headers } = response
    await route.fulfill({ status, headers: Object.fromEntries(headers), body: await response.text() })
  })
}

/** A fake of what browsers register at: Firebase's installations and its registrations, on loopback. */
export async function startFakeRegistrations(t: { after: (work: () => unknown) => void }, apiKey: string) {
  const installations = new Map<string, string>()
  const registered = new Map<string, Web>()
  const granted = new Set<string>()

  async function install(request: IncomingMessage): Promise<Answer> {
    const { fid, appId, authVersion } = (await json(request)) as Record<string, string>
    if (!/^[cdef][\w-]{21}$/.test(fid ?? '') || !appId || authVersion !== 'FIS_v2') return refused(400)
    const [refreshToken, token] = [randomUUID(), randomUUID()]
    installations.set(fid ?? '', refreshToken)
    granted.add(token)
    return { status: 200, body: { fid, refreshToken, authToken: { token, expiresIn: '604800s' } } }
  }

  async function register(request: IncomingMessage): Promise<Answer> {
    const { web } = (await json(request)) as { web: Web }
    const grant = String(request.headers['x-goog-firebase-installations-auth']).replace('FIS ', '')
    if (!granted.has(grant)) return refused(401)
    if (![web.endpoint, web.p256dh, web.auth, web.applicationPubKey].every(Boolean)) return refused(400)
    const token = `browser:${randomUUID()}`
    registered.set(token, web)
    return { status: 200, body: { token, web } }
  }

  function uninstall({ headers, url = '' }: IncomingMessage): Answer {
    const fid = url.split('/').at(-1) ?? ''
    if (headers.authorization !== `FIS_v2 ${installations.get(fid)}`) return refused(401)
    installations.delete(fid)
    return { status: 200, body: {} }
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    if (fake.refusal) return fake.refusal
    if (request.headers['x-goog-api-key'] !== apiKey) return refused(403)
    if (request.method === 'DELETE') return uninstall(request)
    return request.url?.endsWith('/installations') ? install(request) : register(request)
  }

  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request)
    response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' })
    response.end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo

  const fake: FakeRegistrations = {
    installations,
    registered,
    refusal: undefined,
    standInFor: (context) => lead(context, `http://127.0.0.1:${port}`),
  }
  return fake
}
