import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Address } from '../address.ts'
import { findProgram } from '../find-program.ts'
import { cached, findOrInstall, runInstaller } from '../install.ts'
import type { Recipe } from '../server.ts'

export const region = 'us-east-1'
const version = 'v1.8.0'

/** VersityGW over plain files: user and password are the access key and the secret key. */
export const objectStore: Recipe = {
  name: 'object-store',

  async prepare({ folder, address: { host, port, user, password } }) {
    const file = await prepareGateway()
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

/** Finds the program, or builds it: whichever Go is there fetches a newer one by itself if it must. */
export async function prepareGateway(): Promise<string> {
  const found = findProgram('versitygw')
  if (found) return found
  const label = 'Building the S3 server VersityGW (about two minutes, once)'
  return join(await cached(`versitygw-${version}`, label, build), 'versitygw')
}

async function build(folder: string): Promise<void> {
  const go = await findOrInstall({
    name: 'go',
    folders: '{/usr/local/go,/usr/lib/go-*}/bin',
    package: 'golang-go',
    variable: 'TEST_S3_URL',
  })
  const env = { GOBIN: folder, CGO_ENABLED: '0', GOFLAGS: '-p=2 -trimpath' }
  await runInstaller(go, ['install', `github.com/versity/versitygw/cmd/versitygw@${version}`], env).catch(
    (cause: unknown) => {
      const advice = 'Install Go 1.25 or newer, or put versitygw on PATH, or set TEST_S3_URL.'
      throw new Error(`versitygw could not be built. ${advice}`, { cause })
    },
  )
}
