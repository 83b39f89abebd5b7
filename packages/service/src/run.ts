import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises'
import { ConfigError } from '@secureconnect/config'
import type { Service } from './build-service.ts'
import { releaseStartupMemory } from './release-startup-memory.ts'

/** A service that listens, until it is stopped. */
export type RunningService = { address: string; stop: () => Promise<void> }

const stopAfterMs = 28_000
const sweepEveryMs = 50
/** More than may wait to be let in; others come while they are. */
const mostTurns = 1_000

/** Listens and starts the background jobs. The service is ready as soon as its required dependencies are. */
export async function startService(service: Service): Promise<RunningService> {
  const { app, context, lifecycle } = service
  const { config, log } = context
  const address = await app.listen({ host: config.host, port: config.port })
  const jobs = await service.startBackground()
  lifecycle.phase = 'serving'
  log.info({ address }, 'listening')
  let stopping: Promise<void> | undefined
  return {
    address,
    stop: () => (stopping ??= stopService(service, jobs)),
  }
}

/**
 * Not ready first, so that balancers look elsewhere; then what must go on is brought elsewhere and the sockets are sent away
 * while HTTP is still answered;
 * then requests under way are finished, and what the service owns is closed in reverse order.
 */
async function stopService(service: Service, jobs: AsyncDisposable): Promise<void> {
  const { app, context, lifecycle, connections } = service
  const { log, config } = context
  const startedAt = performance.now()
  const drainMs = config.drainSeconds * 1_000
  lifecycle.phase = 'draining'
  log.info('draining')
  await service.drain().catch((error) => log.error({ error }, 'could not drain in order'))
  const spentMs = performance.now() - startedAt
  const leftMs = Math.max(0, drainMs - spentMs)
  await Promise.all([delay(Math.max(0, drainMs / 4 - spentMs)), ...connections.map((open) => open.drain(leftMs))])
  await closeApp(app)
  await jobs[Symbol.asyncDispose]()
  lifecycle.phase = 'closed'
  log.info('stopped')
  await context[Symbol.asyncDispose]()
}

/** Whoever knocked and was not let in yet is cut off by closing. Each turn of the loop lets in one. */
async function letIn(server: Service['app']['server']): Promise<void> {
  let isSomebodyThere = true
  const note = () => {
    isSomebodyThere = true
  }
  server.on('connection', note)
  for (let turns = 0; isSomebodyThere && turns < mostTurns; turns += 1) {
    isSomebodyThere = false
    await turn()
  }
  server.off('connection', note)
}

/**
 * Lets nobody new in and finishes what is under way. Closing ends the connections that are idle when it begins; one that is
 * at work then becomes idle later on, and would be kept for a minute for whoever asks again.
 */
async function closeApp(app: Service['app']): Promise<void> {
  await letIn(app.server)
  app.server.close()
  const sweep = setInterval(() => app.server.closeIdleConnections(), sweepEveryMs)
  try {
    await app.close()
  } finally {
    clearInterval(sweep)
  }
}

function onSignal(stop: () => void): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop)
}

/** Runs a service as its own process: until a signal asks it to stop, or an error nobody caught ends it. */
export async function run(build: () => Promise<Service>): Promise<void> {
  const service = await build().catch(exitOnBrokenConfig)
  const { log } = service.context
  const running = await startService(service)
  releaseStartupMemory()
  const end = (code: number) => {
    setTimeout(() => process.exit(code || 1), stopAfterMs).unref()
    running.stop().then(
      () => process.exit(code),
      (error) => {
        log.fatal({ error }, 'could not stop in order')
        process.exit(1)
      },
    )
  }
  const crash = (error: unknown) => {
    log.fatal({ error }, 'an error that nobody caught')
    end(1)
  }
  onSignal(() => end(0))
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
}

/** A broken configuration is the operator's to mend: he gets the list of faults, not a stack trace. */
function exitOnBrokenConfig(error: unknown): never {
  if (!(error instanceof ConfigError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
