import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before } from 'node:test'
import { type ConfigOf, parseConfig, type Settings } from '@secureconnect/config'
import { captureLog } from '@secureconnect/logging/testing'
import { type DataServiceContext, type Platform, type Service, startService } from '@secureconnect/service'
import { migrate } from '@secureconnect/sql'
import { createMint } from './people.ts'

type Cleanup = { after: (work: () => unknown) => void }
type Env = Readonly<Record<string, string>>

/** What a service's `src/index.ts` exports. */
type Parts<S extends Settings, C extends DataServiceContext> = {
  settings: S
  createContext(config: ConfigOf<S>, platform: Platform): Promise<C>
  buildApp(context: C): Promise<Service>
}

/** A service on a database that is there already, on a free port, with what it logs and what signs people in. */
export async function startOn<S extends Settings, C extends DataServiceContext>(
  t: Cleanup,
  { settings, createContext, buildApp }: Parts<S, C>,
  { platform, env: more = {} }: { platform: Platform; env?: Env | undefined },
) {
  const secret = randomBytes(32).toString('base64url')
  const env = { PORT: '0', DRAIN_SECONDS: '0', SHED_LOAD: 'false', JWT_SECRET: secret, ...more }
  const { stream, lines, line } = captureLog()
  const context = await createContext(parseConfig(settings, { env }), { ...platform, logStream: stream })
  await migrate(context.sql)
  const mint = await createMint(context.sql)
  const running = await startService(await buildApp(context))
  t.after(() => running.stop())
  return { ...running, context, lines, line, mint }
}

/** One of something for all tests of a suite; each test makes its own people. */
export function shareInSuite<T>(start: (t: Cleanup) => Promise<T>): () => T {
  const stack = new AsyncDisposableStack()
  let started: T | undefined
  before(async () => {
    started = await start({ after: (work) => stack.defer(async () => void (await work())) })
  })
  after(() => stack.disposeAsync())
  return () => {
    assert.ok(started)
    return started
  }
}
