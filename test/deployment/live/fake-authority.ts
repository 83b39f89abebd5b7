import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endWithUs } from '../../helpers/end-with-us.ts'
import { until } from '../../helpers/until.ts'
import { createCertificate } from '../../stack/certificate.ts'
import { freePort } from '../../stack/free-port.ts'
import { findOrInstall } from '../../stack/install.ts'
import { environment } from './config.ts'
import { isOpen } from './is-open.ts'

/** Where it asks for the answers to its challenges, as authorities do. */
const challengePort = 80

/** Starts a program of its own and waits until it listens. */
async function start(name: string, port: number, args: readonly string[]): Promise<ChildProcess> {
  const file = await findOrInstall({ name, package: 'pebble', variable: 'PATH' })
  const child = spawn(file, args, { env: { ...environment, PEBBLE_VA_NOSLEEP: '1' }, stdio: 'ignore' })
  endWithUs(child)
  await until(`${name} listens`, () => isOpen('127.0.0.1', port))
  return child
}

/**
 * A public authority that vouches for whoever answers its challenges, by Let's Encrypt's own server for tests. Every name
 * leads to this machine.
 */
export class FakeAuthority implements AsyncDisposable {
  static async open(): Promise<FakeAuthority> {
    const folder = mkdtempSync(join(tmpdir(), 'authority-'))
    const port = await freePort()
    const nameServer = { port: await freePort(), managementPort: await freePort() }
    const own = await createCertificate(folder, 'authority')
    const settings = {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: `127.0.0.1:${await freePort()}`,
      certificate: own.certificate,
      privateKey: own.key,
      httpPort: challengePort,
      tlsPort: 443,
    }
    const config = join(folder, 'config.json')
    writeFileSync(config, JSON.stringify({ pebble: settings }))
    const names = `127.0.0.1:${nameServer.port}`
    const nothing = ['http01', 'https01', 'tlsalpn01', 'defaultIPv6'].flatMap((name) => [`-${name}`, ''])
    const manager = ['-management', `127.0.0.1:${nameServer.managementPort}`]
    const children = [
      await start('pebble-challtestsrv', nameServer.managementPort, ['-dns01', names, ...manager, ...nothing]),
      await start('pebble', port, ['-config', config, '-dnsserver', names]),
    ]
    return new FakeAuthority(folder, children, { address: `https://127.0.0.1:${port}/dir`, trust: own.certificate })
  }

  /** Where it is asked, and the file of the certificate that it is known by itself. */
  readonly place: { address: string; trust: string }
  readonly #folder: string
  readonly #children: readonly ChildProcess[]

  private constructor(folder: string, children: readonly ChildProcess[], place: { address: string; trust: string }) {
    this.#folder = folder
    this.#children = children
    this.place = place
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) {
      child.kill()
      await once(child, 'exit')
    }
    rmSync(this.#folder, { recursive: true })
  }
}
