import { randomBytes } from 'node:crypto'
import { ServiceProcess } from '@secureconnect/test/helpers'
import type { Database, RedisAddress } from '@secureconnect/test/stack'
import { createServerEnv } from './test-chat.ts'

type Cleanup = { after: (work: () => unknown) => void }
type Options = { redis?: RedisAddress; env?: NodeJS.ProcessEnv }

const lostAnswers = new Set(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'])

/** Whether a request got no answer because its process was killed. */
export function isLost(error: unknown): boolean {
  const cause = error instanceof TypeError ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && lostAnswers.has(String(cause.code))
}

/** Starts processes of one installation of chat-service, each of which is killed when the test ends, if not before. */
export async function prepareProcesses(t: Cleanup, database: Database, { redis, env }: Options = {}) {
  const secret = randomBytes(32).toString('base64url')
  const shared = { PORT: '0', SHED_LOAD: 'false', JWT_SECRET: secret, ...env }
  const servers = await createServerEnv(database, redis)
  return async (more: NodeJS.ProcessEnv = {}): Promise<ServiceProcess> => {
    const started = new ServiceProcess('chat-service', { ...servers, ...shared, ...more })
    t.after(async () => {
      started.child.kill('SIGKILL')
      await started.ended
    })
    await started.listening()
    return started
  }
}
