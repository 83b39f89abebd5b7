import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { ServiceProcess } from '@secureconnect/test/helpers'
import { mediaWorker } from '@secureconnect/test/stack'
import { createServerEnv, isMediaReady, onServers, startVideoOn } from './test-video.ts'

type Env = Readonly<Record<string, string>>

/** Processes of video-service on one database: one here, and others that can be killed. */
export async function startGround(t: TestContext, settings: Env) {
  const database = await createMigratedDatabase(t)
  const secret = randomBytes(32).toString('base64url')
  const env = { PORT: '0', DRAIN_SECONDS: '0', SHED_LOAD: 'false', JWT_SECRET: secret, ...settings }
  const here = (more: Env = {}) =>
    onServers(database).then((platform) => startVideoOn(t, platform, { ...env, ...more }))
  const spawn = async (more: Env = {}) => {
    const own = { ...(await createServerEnv(database)), ...env, MEDIASOUP_WORKER_BIN: await mediaWorker(), ...more }
    const started = new ServiceProcess('video-service', own)
    t.after(() => started.child.kill('SIGKILL'))
    await Promise.all([started.listening(), started.line(isMediaReady)])
    return started
  }
  return { here, spawn }
}
