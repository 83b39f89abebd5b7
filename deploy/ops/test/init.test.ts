import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  globSync,
  lstatSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { connect, createServer } from 'node:tls'
import { settings as auth } from '@secureconnect/auth-service'
import { settings as chat } from '@secureconnect/chat-service'
import { parseConfig, type Settings } from '@secureconnect/config'
import { settings as storage } from '@secureconnect/storage-service'
import { settings as video } from '@secureconnect/video-service'
import { listWanted } from '../src/certificates/ensure-certificates.ts'
import { findCertificateFault } from '../src/certificates/find-certificate-fault.ts'
import { init } from '../src/commands/init.ts'
import { consumers, writeCopy } from '../src/consumers.ts'
import { lockInstallation } from '../src/lock.ts'
import { readSettings } from '../src/settings/env-file.ts'
import { usePath } from './config.ts'
import { answers, createRoot, tryOps, withoutRoot } from './try-ops.ts'

const place = { domain: 'chat.example.org', filesDomain: 'files.chat.example.org', publicIp: '203.0.113.7' }
const skip = withoutRoot

const root = createRoot(after)
const secrets = (...path: string[]) => join(root, 'secrets', ...path)
const read = (...path: string[]) => readFileSync(secrets(...path), 'utf8')

/** Everything that init made: whose it is, who may read it, when it was written, what it says. */
function takeStock() {
  const paths = globSync('secrets/**/*', { cwd: root }).filter((path) => lstatSync(join(root, path)).isFile())
  const files = paths.sort().map((path) => {
    const { uid, mode, mtimeMs } = statSync(join(root, path))
    return { path, uid, mode, mtimeMs, content: readFileSync(join(root, path), 'utf8') }
  })
  return { files, settings: readFileSync(join(root, '.env'), 'utf8') }
}

before(async () => {
  if (skip === false) assert.equal((await tryOps(root, init, ...answers)).code, 0)
})

test('each service accepts the secrets that it is given, in production', { skip }, () => {
  const services: Record<string, Settings> = {
    'auth-service': auth,
    'chat-service': chat,
    'storage-service': storage,
    'video-service': video,
  }
  for (const [service, settings] of Object.entries(services)) {
    const ofSecrets = Object.fromEntries(Object.entries(settings).filter(([, { kind }]) => kind === 'secret'))
    parseConfig(ofSecrets, { env: { ENV: 'production' }, secretsFolder: secrets(service) })
  }
})

test('each container has copies of its own, which its user alone may read', { skip }, () => {
  assert.notEqual(read('db_password'), read('redis_password'))
  for (const [service, { uid, secrets: names }] of Object.entries(consumers)) {
    for (const name of names.filter((name) => existsSync(secrets(name)))) {
      const { uid: owner, mode } = statSync(secrets(service, name))
      const wanted = writeCopy(service, name, read(name))
      assert.deepEqual([owner, mode & 0o777, read(service, name)], [uid, 0o400, wanted], `${service} ${name}`)
    }
    assert.equal(statSync(secrets(service)).mode & 0o777, 0o711)
  }
  assert.ok(!existsSync(secrets('auth-service', 'smtp_password')))
  assert.deepEqual(globSync('**/ca_key.pem', { cwd: secrets() }), [join('tls', 'ca_key.pem')])
})

test('a second run changes nothing', { skip }, async () => {
  const before = takeStock()
  const { code, text } = await tryOps(root, init)
  assert.equal(code, 0)
  assert.match(text, /Secrets made: none/)
  assert.deepEqual(takeStock(), before)
})

test('an init that was cut short is finished by the next, which makes nothing twice', { skip }, async () => {
  const before = takeStock()
  for (const path of [
    secrets('redis', 'redis_password'),
    secrets('db_password'),
    secrets('video-service', 'tls_ca.pem'),
  ])
    rmSync(path)
  writeFileSync(join(root, '.env'), readFileSync(join(root, '.env'), 'utf8').replace(/^MEDIA_.*\n/gm, ''))
  assert.equal((await tryOps(root, init)).code, 0)
  const after = takeStock()
  // What the backup is given has .env in it, whose lines may stand in another order.
  const withoutTimes = ({ files }: typeof after) =>
    files.filter(({ path }) => !path.endsWith('installation.json')).map((file) => ({ ...file, mtimeMs: 0 }))
  assert.deepEqual(withoutTimes(after), withoutTimes(before))
  assert.deepEqual(after.settings.split('\n').sort(), before.settings.split('\n').sort())
})

test('a secret that the operator puts in or takes away reaches its readers', { skip }, async () => {
  writeFileSync(secrets('smtp_username'), 'mailer\n', { mode: 0o644 })
  await tryOps(root, init)
  assert.equal(read('auth-service', 'smtp_username'), 'mailer\n')
  assert.equal(statSync(secrets('smtp_username')).mode & 0o777, 0o600)
  rmSync(secrets('smtp_username'))
  await tryOps(root, init)
  assert.ok(!existsSync(secrets('auth-service', 'smtp_username')))
})

test('empty, short and default secrets are refused by their names, all at once, and never printed', {
  skip,
}, async () => {
  const bad = { redis_password: '', refresh_key: 'too-short', grafana_admin_password: 'changeme-changeme' }
  for (const [name, value] of Object.entries(bad)) {
    copyFileSync(secrets(name), join(root, name))
    writeFileSync(secrets(name), value)
  }
  const { code, text } = await tryOps(root, init)
  assert.equal(code, 1)
  for (const fault of ['is empty', 'has 9 bytes', 'holds a default']) assert.ok(text.includes(fault), text)
  for (const name of Object.keys(bad)) assert.ok(text.includes(`secrets/${name} `), text)
  assert.doesNotMatch(text, /too-short|changeme/)
  for (const name of Object.keys(bad)) {
    copyFileSync(join(root, name), secrets(name))
    rmSync(join(root, name))
  }
})

test('a client that trusts the authority reaches a component by its name, and by no other', { skip }, async () => {
  const server = createServer({ key: read('postgres', 'tls_key.pem'), cert: read('postgres', 'tls_cert.pem') })
  server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const reach = async (servername: string, ca: string) => {
    const socket = connect({ host: '127.0.0.1', port, servername, ca })
    try {
      await once(socket, 'secureConnect')
      return 'reached'
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error
    } finally {
      socket.destroy()
    }
  }
  const ca = read('auth-service', 'tls_ca.pem')
  assert.equal(await reach('postgres', ca), 'reached')
  assert.equal(await reach('redis', ca), 'ERR_TLS_CERT_ALTNAME_INVALID')
  assert.match(String(await reach('postgres', read('redis', 'tls_cert.pem'))), /UNABLE_TO/)
  server.close()
})

test('a certificate is made anew when it is wrong, and due when two thirds of its life are over', {
  skip,
}, async () => {
  const [postgres] = listWanted(secrets(), place).filter(({ service }) => service === 'postgres')
  assert.ok(postgres)
  const inDays = (days: number) => findCertificateFault(postgres, Date.now() + days * 86_400_000)
  assert.deepEqual([inDays(0), inDays(260)], [undefined, undefined])
  assert.match(inDays(270) ?? '', /ends in 12\d days/)
  assert.match(inDays(400) ?? '', /ended on/)
  assert.match(findCertificateFault({ ...postgres, names: ['crdb'] }) ?? '', /not good for crdb/)

  chmodSync(postgres.key, 0o600)
  writeFileSync(postgres.key, read('redis', 'tls_key.pem'))
  assert.match(findCertificateFault(postgres) ?? '', /does not belong to its key/)
  assert.match((await tryOps(root, init)).text, /Certificates made: postgres\./)
  assert.equal(findCertificateFault(postgres), undefined)
})

test('a certificate that browsers know is left where the operator puts it, and judged all the same', {
  skip,
}, async (t) => {
  const other = createRoot((clean) => t.after(clean))
  await tryOps(other, init, ...answers)
  for (const file of ['tls_key.pem', 'tls_cert.pem']) {
    chmodSync(secrets('nginx', file), 0o600)
    copyFileSync(join(other, 'secrets', 'nginx', file), secrets('nginx', file))
  }
  const before = read('nginx', 'tls_cert.pem')
  assert.match((await tryOps(root, init)).text, /Certificates made: none/)
  assert.equal(read('nginx', 'tls_cert.pem'), before)
  const [nginx] = listWanted(secrets(), { ...place, domain: 'elsewhere.example.org' })
  assert.ok(nginx?.isForeign)
  assert.match(findCertificateFault(nginx) ?? '', /not good for elsewhere/)
})

test('.env says all that the compose file must be told, and by which group the logs are read', { skip }, async (t) => {
  const own = createRoot((clean) => t.after(clean))
  const socket = join(own, 'docker.sock')
  writeFileSync(socket, '')
  chownSync(socket, 0, 4_242)
  const usual = process.env.DOCKER_HOST
  process.env.DOCKER_HOST = `unix://${socket}`
  t.after(() => {
    if (usual === undefined) delete process.env.DOCKER_HOST
    else process.env.DOCKER_HOST = usual
  })
  await tryOps(own, init, ...answers)
  const settings = readSettings(own)
  assert.deepEqual([settings.get('DOCKER_SOCKET'), settings.get('DOCKER_GID')], [socket, '4242'])
  const compose = readFileSync(join(import.meta.dirname, '../../../docker-compose.production.yml'), 'utf8')
  const needed = [...compose.matchAll(/\$\{(\w+):\?/g)].map(([, name = '']) => name)
  assert.ok(needed.length > 3)
  for (const name of needed) assert.ok(settings.get(name), name)
})

test('decisions of .env stand: a command line that says otherwise, or nonsense, is refused', { skip }, async () => {
  const other = await tryOps(root, init, '--domain', 'other.example.org')
  assert.deepEqual([other.code, /\.env says DOMAIN=chat/.test(other.text)], [1, true])
  assert.equal((await tryOps(root, init, '--public-ip', 'here')).code, 2)
})

test('without a terminal init names what it was not told, and makes nothing', { skip }, async (t) => {
  const empty = createRoot((clean) => t.after(clean))
  const { code, text } = await tryOps(empty, init)
  assert.equal(code, 2)
  assert.match(text, /--domain, --public-ip, --smtp-host/)
  assert.deepEqual(globSync('{.env,secrets/*}', { cwd: empty }), [])
})

test('two at once do not mix: the second is told to wait', { skip }, async () => {
  using _held = lockInstallation(root)
  const { code, text } = await tryOps(root, init)
  assert.equal(code, 1)
  assert.match(text, /Another ops command/)
})

test('without openssl one sentence says what to install, and the next run goes on', { skip }, async (t) => {
  const other = createRoot((clean) => t.after(clean))
  usePath(t, () => '/nowhere')
  const { code, text } = await tryOps(other, init, ...answers)
  assert.equal(code, 1)
  assert.match(text, /openssl is not installed.*\nInstall it/)
})

test('the backup key is shown until it is said to be kept', { skip }, async () => {
  const key = read('backup_key')
  assert.ok((await tryOps(root, init)).text.includes(key))
  assert.ok(!(await tryOps(root, init, '--backup-key-kept')).text.includes(key))
  assert.ok(!(await tryOps(root, init)).text.includes(key))
})
