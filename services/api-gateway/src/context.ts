import { createAudit } from '@secureconnect/audit'
import { createRateLimiter } from '@secureconnect/kv'
import { describeLimits } from '@secureconnect/resilience'
import { createBaseContext, type Dependency, type Platform, ratesOf, type ServiceContext } from '@secureconnect/service'
import type { Config } from './config.ts'
import { createEvents, type Events } from './events.ts'
import { type Cors, createCors } from './forwarding/cors.ts'
import { createIdentify, createKeys } from './forwarding/identify.ts'
import { createRateLimits, type RateLimits } from './forwarding/rate-limits.ts'
import { Upstream, type UpstreamName } from './forwarding/upstream.ts'

/** What the gateway runs on; it has no database. */
export type GatewayPlatform = Pick<Platform, 'logStream' | 'openKv'>

/** Everything that the gateway works with. */
export type Context = ServiceContext & {
  config: Config
  upstreams: ReadonlyMap<string, Upstream>
  /** Those processes of video-service that sockets are sent to by name. */
  videoNodes: ReadonlyMap<string, Upstream>
  rateLimits: RateLimits
  cors: Cors
  events: Events
}

function upstreamUrls({ authUrl, chatUrl, videoUrl, storageUrl }: Config): Record<UpstreamName, string> {
  return {
    'auth-service': authUrl,
    'chat-service': chatUrl,
    'video-service': videoUrl,
    'storage-service': storageUrl,
  }
}

export async function createContext(config: Config, platform: GatewayPlatform): Promise<Context> {
  await using stack = new AsyncDisposableStack()
  const base = stack.use(createBaseContext('api-gateway', config, platform.logStream))
  const { log, metrics } = base
  const kv = stack.use(await platform.openKv(base))
  const audit = stack.use(createAudit({ service: 'api-gateway', log, metrics }))
  const openAt = (name: string, url: string) => stack.use(new Upstream({ name, url, metrics, log }))
  const open = (name: UpstreamName) => openAt(name, upstreamUrls(config)[name])
  const auth = open('auth-service')
  const upstreams = [auth, open('chat-service'), open('video-service'), open('storage-service')]
  const videoNodes = new Map(config.videoNodes.map(({ name, url }) => [name, openAt(`video-service:${name}`, url)]))
  const all = [...upstreams, ...videoNodes.values()]
  log.info({ limits: describeLimits(all.map(({ effectiveLimits }) => effectiveLimits)) }, 'upstreams configured')
  const dependencies = new Map<string, Dependency>(all.map(({ name, probe }) => [name, { probe, required: false }]))
  if (kv.probe) dependencies.set('redis', { probe: kv.probe, required: false })
  const identify = createIdentify(stack.use(createKeys(auth, log)))
  const limiter = createRateLimiter({ kv, metrics, replicas: config.gatewayReplicas })
  const owned = stack.move()
  return {
    ...base,
    kv,
    audit,
    dependencies,
    upstreams: new Map(upstreams.map((upstream) => [upstream.name, upstream])),
    videoNodes,
    rateLimits: createRateLimits({ limiter, rates: ratesOf(config), identify }),
    cors: createCors(config.corsAllowedOrigins),
    events: createEvents({ log, metrics }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
