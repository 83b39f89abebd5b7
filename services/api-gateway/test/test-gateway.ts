import { EventEmitter, on, once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseConfig } from '@secureconnect/config'
import { createLocalKv } from '@secureconnect/kv'
import type { Operation } from '@secureconnect/protocol'
import { startService } from '@secureconnect/service'
import { buildApp, createContext, type GatewayPlatform, settings } from '../src/index.ts'

export type Cleanup = { after: (work: () => unknown) => void }
export type LogLine = Readonly<Record<string, unknown>>
export type Received = {
  method: string
  url: string
  headers: IncomingHttpHeaders
  /** As far as it is of a usual length. */
  body: string
  /** False while its body is still coming in, or if it never came to its end. */
  readonly isWhole: boolean
}

export type Upstream = {
  readonly server: Server
  readonly url: string
  /** All that reached it but the gateway's own probes. */
  readonly received: Received[]
  /** What it does with a request; 200 unless a test says otherwise. */
  answer: RequestListener
}

export const answerOk: RequestListener = (_request, response) => {
  response.setHeader('content-type', 'application/json').end('{"success":true}')
}

export function portOf(server: Server): number {
  const { port } = server.address() as AddressInfo
  return port
}

const maxNotedBytes = 1_000_000

/** A service of the test's own, which notes what reaches it. */
export async function startUpstream(t: Cleanup): Promise<Upstream> {
  const server = createServer((request, response) => {
    if (request.url === '/health') return response.end('{}')
    const { method = '', url = '', headers } = request
    const note = {
      method,
      url,
      headers,
      body: '',
      get isWhole() {
        return request.complete
      },
    }
    upstream.received.push(note)
    request.on('data', (chunk) => {
      if (note.body.length < maxNotedBytes) note.body += chunk
    })
    return upstream.answer(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const upstream: Upstream = { server, url: `http://127.0.0.1:${portOf(server)}`, received: [], answer: answerOk }
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return upstream
}

/** Limits that no test reaches unless it means to. */
const generous = {
  RATELIMIT_DEFAULT: '99999',
  RATELIMIT_LOGIN: '99999',
  RATELIMIT_NETWORK: '99999',
  RATELIMIT_REGISTER: '99999',
}

type GatewayOptions = {
  /** One upstream stands for all services unless it is named here otherwise. */
  upstream?: Pick<Upstream, 'url'>
  env?: Readonly<Record<string, string>>
  platform?: GatewayPlatform
  /** The operations it forwards, where not those of the product. */
  table?: readonly Operation[]
}

/** A gateway in this process, on a free port, with what it logs. */
export async function startGateway(t: Cleanup, { upstream, env = {}, platform, table }: GatewayOptions = {}) {
  const lines: LogLine[] = []
  const logged = new EventEmitter()
  const write = (text: string) => {
    const line: LogLine = JSON.parse(text)
    lines.push(line)
    logged.emit('line', line)
  }
  const url = upstream?.url ?? 'http://127.0.0.1:1'
  const upstreams = { AUTH_URL: url, CHAT_URL: url, VIDEO_URL: url, STORAGE_URL: url }
  const own = { PORT: '0', DRAIN_SECONDS: '0', SHED_LOAD: 'false' }
  const config = parseConfig(settings, { env: { ...own, ...generous, ...upstreams, ...env } })
  const local: GatewayPlatform = { openKv: async () => createLocalKv() }
  const context = await createContext(config, { ...(platform ?? local), logStream: { write } })
  await Promise.all([...context.upstreams.values()].map(({ probe }) => probe.checkNow()))
  const service = await buildApp(context, table)
  const running = await startService(service)
  t.after(() => running.stop())
  /** Waits for a line that is yet to come. */
  const untilLogged = async (isIt: (line: LogLine) => boolean) => {
    for await (const [line] of on(logged, 'line', { signal: AbortSignal.timeout(30_000) })) if (isIt(line)) return
  }
  return { ...running, untilLogged, port: portOf(service.app.server), server: service.app.server, context, lines }
}

export type Gateway = Awaited<ReturnType<typeof startGateway>>
