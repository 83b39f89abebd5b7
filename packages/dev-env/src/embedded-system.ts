import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as gateway from '@secureconnect/api-gateway'
import * as auth from '@secureconnect/auth-service'
import * as chat from '@secureconnect/chat-service'
import { type ConfigOf, parseConfig, type Settings } from '@secureconnect/config'
import { createLocalKv, type Kv } from '@secureconnect/kv'
import { createLogger } from '@secureconnect/logging'
import { type ServiceName, serviceNames } from '@secureconnect/protocol'
import { type Platform, releaseStartupMemory, type Service, startService } from '@secureconnect/service'
import { migrate, openPglite, type Sql } from '@secureconnect/sql'
import * as storage from '@secureconnect/storage-service'
import * as video from '@secureconnect/video-service'
import { mountCallPage } from './call-page.ts'
import { LogFile } from './log-file.ts'
import { ensureSecrets } from './own-secrets.ts'

export type SystemOptions = {
  /** Where the data is kept. */
  folder: string
  /** The gateway's port, which the others follow; 0 takes free ones. */
  portBase: number
  revision: string
  /** Settings beside those that the embedded system makes itself. */
  env?: Readonly<NodeJS.Dict<string>>
  /** Told what takes minutes, and how far it is. */
  tell?: (line: string) => void
}

/** The whole system in this process, until it is disposed of. */
export type EmbeddedSystem = AsyncDisposable & {
  readonly addresses: Readonly<Record<ServiceName, string>>
  readonly logFile: string
}

type Surroundings = {
  platform: Platform
  read: <S extends Settings>(settings: S) => ConfigOf<S>
}

/** How each service is built on what surrounds it. */
const builders: Readonly<Record<ServiceName, (surroundings: Surroundings) => Promise<Service>>> = {
  'auth-service': async ({ read, platform }) => auth.buildApp(await auth.createContext(read(auth.settings), platform)),
  'chat-service': async ({ read, platform }) => chat.buildApp(await chat.createContext(read(chat.settings), platform)),
  'video-service': async ({ read, platform }) =>
    video.buildApp(await video.createContext(read(video.settings), platform)),
  'storage-service': async ({ read, platform }) =>
    storage.buildApp(await storage.createContext(read(storage.settings), platform)),
  'api-gateway': async ({ read, platform }) => {
    const service = await gateway.buildApp(await gateway.createContext(read(gateway.settings), platform))
    mountCallPage(service.app)
    return service
  },
}

/** The gateway starts last, because it is told where the others are. */
const startOrder = serviceNames.toSorted((a, b) => Number(a === 'api-gateway') - Number(b === 'api-gateway'))

/** `auth-service` is AUTH_URL to the gateway. */
function upstreamVariable(service: ServiceName): string {
  return `${service.replace('-service', '').toUpperCase()}_URL`
}

/** One database and one store for the five services; each has its own view of them, with its own metrics. */
function createEmbeddedPlatform(folder: string, kv: Kv, shown: Pick<Platform, 'logStream' | 'tell'>): Platform {
  return {
    ...shown,
    openSql: (observers) => openPglite({ folder: join(folder, 'sql'), ...observers }),
    // It outlives each service that uses it, so none of them may close it.
    openKv: async () => ({ ...kv, close: async () => undefined, [Symbol.asyncDispose]: async () => undefined }),
  }
}

async function openDatabase(folder: string): Promise<Sql> {
  const path = join(folder, 'sql')
  const sql = await openPglite({ folder: path }).catch((error: unknown) => {
    throw new Error(
      `The database in ${path} cannot be opened: put a copy of the data folder in its place, or start anew with --reset.`,
      { cause: error },
    )
  })
  await migrate(sql)
  return sql
}

/** Starts all five services in this process, on an embedded database and keys of their own. */
export async function startEmbeddedSystem(options: SystemOptions): Promise<EmbeddedSystem> {
  const { portBase, revision, env = {}, tell } = options
  const folder = resolve(options.folder)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  await using stack = new AsyncDisposableStack()
  const secretsFolder = ensureSecrets(folder)
  const logFile = stack.use(new LogFile(join(folder, 'secureconnect.log')))
  // Held open for the whole run: the services come and go with it, and it is closed last.
  stack.use(await openDatabase(folder))
  const log = createLogger({ service: 'embedded', revision, level: 'info', stream: logFile })
  const kv = stack.use(createLocalKv({ log }))
  const platform = createEmbeddedPlatform(folder, kv, { logStream: logFile, ...(tell && { tell }) })

  const addresses: Partial<Record<ServiceName, string>> = {}
  const upstreams: Record<string, string> = {}
  for (const service of startOrder) {
    const port = portBase === 0 ? 0 : portBase + serviceNames.indexOf(service)
    const read: Surroundings['read'] = (settings) =>
      parseConfig(settings, {
        secretsFolder,
        env: {
          REVISION: revision,
          MAIL_FOLDER: join(folder, 'mail'),
          BLOBS_FOLDER: join(folder, 'blobs'),
          RECORDINGS_FOLDER: join(folder, 'recordings'),
          ...(portBase !== 0 && { PUBLIC_URL: `http://localhost:${portBase + serviceNames.indexOf('api-gateway')}` }),
          DRAIN_SECONDS: '0',
          // The database computes in this thread, so a busy event loop says nothing about too many requests.
          SHED_LOAD: 'false',
          ...env,
          ...upstreams,
          PORT: String(port),
        },
      })
    const running = await startService(await builders[service]({ platform, read }))
    stack.defer(() => running.stop())
    addresses[service] = running.address
    upstreams[upstreamVariable(service)] = running.address
    if (service === 'storage-service') upstreams.FILES_URL = running.address
  }
  releaseStartupMemory()
  const owned = stack.move()
  return {
    addresses: addresses as Record<ServiceName, string>,
    logFile: logFile.path,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
