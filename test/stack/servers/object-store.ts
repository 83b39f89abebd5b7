import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Address } from '../address.ts'
import { findProgram } from '../find-program.ts'
import { cached, runInstaller } from '../install.ts'
import type { Recipe } from '../server.ts'

export const region = 'us-east-1'
const version = 'v1.8.0'

/** VersityGW over plain files: user and password are the access key and the secret key. */
export const objectStore: Recipe = {
  name: 'object-store',

  async prepare({ folder, address: { host, port, user, password } }) {
    const file = findProgram('versitygw') ?? (await buildGateway())
    const [data, versions] = [join(folder, 'data'), join(folder, 'versions')]
    await Promise.all([mkdir(data), mkdir(versions)])
    return {
      file,
      args: ['--port', `${host}:${port}`, '--region', region, '--quiet', 'posix', '--versioning-dir', versions, data],
      env: { ROOT_ACCESS_KEY: user, ROOT_SECRET_KEY: password, VGW_HEALTH: '/_health', VGW_KEEP_ALIVE: 'true' },
    }
  },

  async ping({ host, port }: Address) {
    const { ok, status } = await fetch(`http://${host}:${port}/_health`)
    if (!ok) throw new Error(`The object store answered ${status}`)
  },
}

async function buildGateway(): Promise<string> {
  const folder = await cached(
    `versitygw-${version}`,
    'Building the S3 server VersityGW (about two minutes, once)',
    async (partial) => {
      const go = findProgram('go')
      const advice = 'Install Go 1.25 or newer, or put versitygw on PATH, or set TEST_S3_URL.'
      if (!go) throw new Error(`versitygw is missing here. ${advice}`)
      const env = { GOBIN: partial, GOTOOLCHAIN: 'local', CGO_ENABLED: '0', GOFLAGS: '-p=2 -trimpath' }
      await runInstaller(go, ['install', `github.com/versity/versitygw/cmd/versitygw@${version}`], env).catch(
        (cause: unknown) => {
          throw new Error(`versitygw could not be built. ${advice}`, { cause })
        },
      )
    },
  )
  return join(folder, 'versitygw')
}
