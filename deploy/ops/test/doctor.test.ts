import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { doctor } from '../src/commands/doctor.ts'
import { init } from '../src/commands/init.ts'
import { status } from '../src/commands/status.ts'
import { up } from '../src/commands/up.ts'
import { explainDocker } from '../src/docker/run-docker.ts'
import { lockInstallation } from '../src/lock.ts'
import { usePath } from './config.ts'
import { failingDocker, fakeDocker, runningContainer } from './fake-docker.ts'
import { answers, createRoot, tryOps, withoutRoot } from './try-ops.ts'

const skip = withoutRoot
const root = createRoot(after)

before(async () => {
  if (skip === false) assert.equal((await tryOps(root, init, ...answers)).code, 0)
})

async function examine(): Promise<{
  code: number
  find: (what: string) => { state: string; detail: string; fix?: string } | undefined
}> {
  const { code, text } = await tryOps(root, doctor, '--json')
  const { findings } = JSON.parse(text)
  return { code, find: (what) => findings.find((finding: { what: string }) => finding.what === what) }
}

test('a sound installation has no failures', { skip }, async (t) => {
  fakeDocker(t, root, {})
  const { code, find } = await examine()
  assert.equal(code, 0)
  for (const what of ['docker engine', 'secrets', 'certificates', '.env']) assert.equal(find(what)?.state, 'ok', what)
})

test('before init the doctor judges the server, and says one thing of the installation', { skip }, async (t) => {
  const empty = createRoot((clean) => t.after(clean))
  fakeDocker(t, empty, {})
  const { findings } = JSON.parse((await tryOps(empty, doctor, '--json')).text)
  const failed = findings.filter(({ state }: { state: string }) => state === 'failed')
  assert.deepEqual(
    failed.map(({ what, fix }: { what: string; fix: string }) => [what, fix.split(',')[0]]),
    [['.env', 'Run ./ops init']],
  )
})

test('an old docker is refused, with what is needed', { skip }, async (t) => {
  fakeDocker(t, root, { version: '20.10.24', compose: '1.29.2' })
  const { code, find } = await examine()
  assert.equal(code, 1)
  assert.match(find('docker engine')?.detail ?? '', /^20\.10\.24, where 25/)
  assert.match(find('docker compose')?.detail ?? '', /^1\.29\.2, where 2/)
})

test('no docker, an engine that does not answer, and a user who may not are each one sentence with the way out', {
  skip,
}, async (t) => {
  const wrongs: Record<string, RegExp> = {
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?':
      /engine does not answer.*systemctl start/s,
    'permission denied while trying to connect to the Docker daemon socket': /may not use.*as root/s,
    "docker: 'compose' is not a docker command.": /docker compose is not installed.*apt install/s,
  }
  for (const [words, sentence] of Object.entries(wrongs)) {
    failingDocker(t, root, words)
    const { code, text } = await tryOps(root, status)
    assert.equal(code, 1)
    assert.match(text, sentence)
    assert.doesNotMatch(text, /\n\s+at /)
  }
  usePath(t, () => '/nowhere')
  assert.match((await tryOps(root, status)).text, /docker is not installed.*Install it/s)
})

test('a port that is taken, a registry that is away and a disk that is full are told by docker in words that are made plain', () => {
  const port = explainDocker(
    'driver failed programming external connectivity: failed to bind host port for 0.0.0.0:443:172.30.41.2:8443/tcp: address already in use',
  )
  assert.match(port?.message ?? '', /^Port 443 is taken/)
  const away =
    'Error response from daemon: Get "https://registry.example/v2/": dial tcp: lookup registry.example: no such host'
  assert.match(explainDocker(away)?.message ?? '', /^An image could not be fetched: .*no such host$/)
  assert.match(explainDocker(away)?.wayOut ?? '', /COMPOSE_PROFILES/)
  assert.match(explainDocker('write /var/lib/docker/tmp/x: no space left on device')?.message ?? '', /disk is full/)
})

const spoiled: Record<string, [value: string, mode: number, expected: RegExp]> = {
  redis_password: ['', 0o600, /is empty/],
  refresh_key: ['short-one', 0o600, /has 9 bytes/],
  minio_secret_key: ['minioadmin', 0o600, /default or example/],
  db_password: ['a perfectly good password of some length', 0o644, /readable by every user/],
}
test('the doctor finds secrets that are empty, short, a default or readable by all, and prints none', {
  skip,
}, async (t) => {
  const own = createRoot((clean) => t.after(clean))
  await tryOps(own, init, ...answers)
  for (const [name, [value, mode]] of Object.entries(spoiled)) {
    writeFileSync(join(own, 'secrets', name), value)
    chmodSync(join(own, 'secrets', name), mode)
  }
  fakeDocker(t, own, {})
  const { code, text } = await tryOps(own, doctor)
  assert.equal(code, 1)
  for (const [name, [value, , expected]] of Object.entries(spoiled)) {
    const line = text.split('\n').find((candidate) => candidate.includes(`secrets/${name} `)) ?? ''
    assert.match(line, expected)
    assert.ok(value === '' || !text.includes(value))
  }
})

test('a port that somebody else has is named with who needs it', { skip }, async (t: TestContext) => {
  const taker = createServer().listen(0, '127.0.0.1')
  await once(taker, 'listening')
  t.after(() => taker.close())
  const address = taker.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const model = { services: { nginx: { ports: [{ published: String(port), protocol: 'tcp', host_ip: '127.0.0.1' }] } } }
  fakeDocker(t, root, { model })
  const { find } = await examine()
  assert.match(find(`port ${port}/tcp`)?.detail ?? '', /nginx needs it/)
})

test('up starts nothing before init, beside another ops, or where the doctor finds a failure', { skip }, async (t) => {
  const own = createRoot((clean) => t.after(clean))
  fakeDocker(t, own, { version: '20.10.24' })
  assert.match((await tryOps(own, up)).text, /There is no \.env.*\.\/ops init/s)
  const { code, text } = await tryOps(root, up)
  assert.equal(code, 1)
  assert.match(text, /20\.10\.24.*Nothing was started/s)
  using _held = lockInstallation(root)
  assert.match((await tryOps(root, up)).text, /Another ops command/)
})

test('status tells containers that are well from those that are unhealthy, failed or missing', { skip }, async (t) => {
  const containers = [
    runningContainer('redis', { Health: { Status: 'healthy' } }),
    runningContainer('cassandra', { Health: { Status: 'unhealthy' } }),
    runningContainer('migrate', { Status: 'exited' }, 'no'),
    runningContainer('init-stores', { Status: 'exited', ExitCode: 2 }, 'no'),
  ]
  fakeDocker(t, root, { containers, services: 'redis\ncassandra\nmigrate\ninit-stores\nnginx' })
  const { code, text } = await tryOps(root, status)
  assert.equal(code, 1)
  for (const line of [
    /ok +redis +healthy +3/,
    /FAIL +cassandra +unhealthy/,
    /ok +migrate +done/,
    /FAIL +init-stores +ended with 2/,
    /FAIL +nginx +missing/,
  ])
    assert.match(text, line)
})
