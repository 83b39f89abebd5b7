import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before } from 'node:test'
import { parseConfig } from '@secureconnect/config'
import { captureLog } from '@secureconnect/logging/testing'
import { type Platform, startService } from '@secureconnect/service'
import { migrate } from '@secureconnect/sql'
import { createMint, createPlatform, type Engine } from '@secureconnect/test/services'
import { buildApp, createContext, settings } from '../src/index.ts'

export {
  call,
  createPeople,
  createPerson,
  createPlatform,
  createServerEnv,
  type Engine,
  onServers,
  type Person,
} from '@secureconnect/test/services'

type Cleanup = { after: (work: () => unknown) => void }

/** chat-service on a fresh database, on a free port, with what it logs. */
export async function startChat(t: Cleanup, engine: Engine, more: Readonly<Record<string, string>> = {}) {
  return startChatOn(t, await createPlatform(t, engine), more)
}

/** chat-service on a database that is there already: its second process, or the one after a crash. */
export async function startChatOn(t: Cleanup, platform: Platform, more: Readonly<Record<string, string>> = {}) {
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

/** One chat-service for all tests of a suite; each test makes its own people and conversations. */
export function shareChat(engine: Engine, more: Readonly<Record<string, string>> = {}): () => Chat {
  const stack = new AsyncDisposableStack()
  let chat: Chat | undefined
  before(async () => {
    chat = await startChat({ after: (work) => stack.defer(async () => void (await work())) }, engine, more)
  })
  after(() => stack.disposeAsync())
  return () => {
    assert.ok(chat)
    return chat
  }
}

export type Chat = Awaited<ReturnType<typeof startChat>>
