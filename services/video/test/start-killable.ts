import { randomBytes } from 'node:crypto'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { ServiceProcess } from '@secureconnect/test/helpers'
import { mediaWorker } from '@secureconnect/test/stack'
import { createServerEnv, isMediaReady, onServers, startVideoOn } from './test-video.ts'

type Cleanup = { after: (work: () => unknown) => void }
type Env = Readonly<Record<string, string>>

/** A process of video-service that can be killed and started again, and one beside it that goes on and makes people and calls. */
export async function startKillable(t: Cleanup, settings: Env = {}, ofBeside: Env = {}) {
  const database = await createMigratedDatabase(t)
  const secret = randomBytes(32).toString('base64url')
  const shared = { JWT_SECRET: secret, MEDIASOUP_WORKER_BIN: await mediaWorker(), ...settings }
  const beside = await startVideoOn(t, await onServers(database), { ...shared, VIDEO_NODE: 'beside', ...ofBeside })
  const env = { ...(await createServerEnv(database)), ...shared, PORT: '0', SHED_LOAD: 'false' }
  const start = async () => {
    const started = new ServiceProcess('video-service', env)
    t.after(() => started.child.kill('SIGKILL'))
    await started.listening()
    await started.line(isMediaReady)
    return started
  }
  return { beside, start }
}
