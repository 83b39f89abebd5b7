import type { Platform } from '@secureconnect/service'
import { createPlatform, type Engine, shareInSuite, startOn } from '@secureconnect/test/services'
import * as service from '../src/index.ts'

export {
  call,
  createPeople,
  createPerson,
  createPlatform,
  createServerEnv,
  type Engine,
  engines,
  onServers,
  type Person,
  shareInSuite,
} from '@secureconnect/test/services'

type Cleanup = { after: (work: () => unknown) => void }

/** chat-service on a fresh database, on a free port, with what it logs. */
export async function startChat(t: Cleanup, engine: Engine, more: Readonly<Record<string, string>> = {}) {
  return startChatOn(t, await createPlatform(t, engine), more)
}

/** chat-service on a database that is there already: its second process, or the one after a crash. */
export async function startChatOn(t: Cleanup, platform: Platform, env: Readonly<Record<string, string>> = {}) {
  return startOn(t, service, { platform, env })
}

/** One chat-service for all tests of a suite; each test makes its own people and conversations. */
export function shareChat(engine: Engine, more: Readonly<Record<string, string>> = {}): () => Chat {
  return shareInSuite((t) => startChat(t, engine, more))
}

export type Chat = Awaited<ReturnType<typeof startChat>>
