import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { connect } from 'node:tls'
import { promisify } from 'node:util'
import { TestSocket } from '@secureconnect/chat-service/testing'
import { until } from '@secureconnect/test/helpers'
import { findOrInstall } from '../../stack/install.ts'
import { environment, mayStopContainers } from './config.ts'
import { FakeAuthority } from './fake-authority.ts'
import { findEdge } from './find-edge.ts'
import { LiveStack } from './live-stack.ts'
import { runOps } from './ops.ts'
import { Someone } from './someone.ts'

const found = mayStopContainers ? await LiveStack.find() : 'changes a certificate, so only with STOP_CONTAINERS=yes'
const skip = typeof found === 'string' && found
const files = ['tls_cert.pem', 'tls_key.pem']
const folder = mkdtempSync(join(tmpdir(), 'acme-'))

function stack(): LiveStack {
  assert.ok(typeof found !== 'string')
  return found
}

/** The line of the handbook by which a certificate is asked for the first time. */
function readHandbook(): string {
  const line = /^certbot certonly[^`]*/m.exec(readFileSync(join(stack().folder, 'docs/operations.md'), 'utf8'))?.[0]
  assert.ok(line, 'the handbook tells how')
  return line
    .replace(/\bFILES_DOMAIN\b/, stack().setting('FILES_DOMAIN'))
    .replace(/\bDOMAIN\b/, stack().setting('DOMAIN'))
}

/** Has certbot ask this authority, in a folder of its own, and nobody at the terminal. */
function settle({ place }: FakeAuthority): NodeJS.ProcessEnv {
  const own = ['config', 'work', 'logs'].map((name) => `${name}-dir = ${join(folder, name)}`)
  const yes = ['agree-tos', 'register-unsafely-without-email', 'non-interactive', 'no-random-sleep-on-renew'].map(
    (name) => `${name} = true`,
  )
  mkdirSync(join(folder, 'letsencrypt'), { recursive: true })
  writeFileSync(join(folder, 'letsencrypt/cli.ini'), [`server = ${place.address}`, ...own, ...yes].join('\n'))
  return { ...environment, XDG_CONFIG_HOME: folder, REQUESTS_CA_BUNDLE: place.trust }
}

/** What whoever comes to this name is shown, and who vouches for it. */
async function lookAt(servername: string) {
  const socket = connect({ host: '127.0.0.1', port: 443, servername, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { serialNumber, issuer } = socket.getPeerCertificate()
  socket.destroy()
  return { serialNumber, issuer: String(issuer.CN) }
}

suite('a certificate that browsers know', { skip }, () => {
  before(() => {
    for (const name of files) copyFileSync(join(stack().folder, 'secrets/nginx', name), join(folder, name))
  })
  after(async () => {
    const { code } = await runOps(stack().folder, 'certificate', ...files.map((name) => join(folder, name)))
    rmSync(folder, { recursive: true })
    assert.equal(code, 0, 'nginx has the certificate again that it had')
  })

  test('it comes by the line of the handbook, and its renewal cuts nobody off', async (t) => {
    await findOrInstall({ name: 'certbot', package: 'certbot', variable: 'PATH' })
    await using authority = await FakeAuthority.open()
    const env = settle(authority)
    const run = (line: string) =>
      promisify(execFile)('sh', ['-ec', line], { cwd: stack().folder, env, timeout: 120_000 })
    const someone = await Someone.signUp()
    const socket = await TestSocket.open(t, { address: findEdge(stack()) }, someone)

    await run(readHandbook())
    const names = [stack().setting('DOMAIN'), stack().setting('FILES_DOMAIN')]
    // Who comes in the moment in which nginx reads them may still be shown the one before.
    const seen = new Set<string>()
    const showNew = async () => {
      const shown = await Promise.all(names.map(lookAt))
      const [serial = ''] = shown.map(({ serialNumber }) => serialNumber)
      const isNew = shown.every((one) => one.serialNumber === serial && /Pebble/.test(one.issuer)) && !seen.has(serial)
      if (isNew) seen.add(serial)
      return isNew
    }
    await until('both names show the first one', showNew)
    await run('certbot renew --force-renewal')
    await until('both names show the second one', showNew)
    const { ok } = await socket.request('subscribe', { positions: {} })
    assert.ok(ok, 'a socket from before the first of them goes on')
  })
})
