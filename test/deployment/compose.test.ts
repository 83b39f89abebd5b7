import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consumers } from '@secureconnect/ops/consumers'
import { inBytes, inSeconds, networksOf, readComposeFile, readYaml, withDefaults } from './compose-file.ts'
import { listDeviations } from './list-deviations.ts'

const file = readComposeFile()
const services = Object.entries(file.services)
const today = new Date().toISOString().slice(0, 10)

type Exception = { container: string; what: string; why: string; until: string }
type Image = { until: string; why: string; programs: string[] }
type Network = { why: string; internal?: boolean; members: string[] }

const images = readYaml('deploy/images.yml') as Record<string, Image>

test('every container is closed to what it does not need, but for exceptions that are still needed and have not run out', () => {
  const exceptions = readYaml('deploy/hardening-exceptions.yml') as Exception[]
  const allowed = exceptions.map(({ container, what }) => `${container}: ${what}`)
  const found = services.flatMap(([name, service]) => listDeviations(service).map((what) => `${name}: ${what}`))
  assert.deepEqual(found.sort(), allowed.sort())
  for (const { container, what, why, until } of exceptions) {
    assert.ok(why.length > 20 && until > today, `${container}: ${what}: look again`)
  }
})

test('every container has limits, its logs are bounded, and it is started again unless it is a job', () => {
  for (const [name, service] of services) {
    assert.ok(service.pids_limit && service.mem_limit && service.cpus && service.init, `${name}: limits`)
    assert.ok(service.stop_grace_period, `${name}: stop_grace_period`)
    assert.deepEqual(service.logging, { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } }, name)
    assert.equal(service.restart, isJob(name) ? 'no' : 'always', name)
    for (const tmpfs of service.tmpfs ?? []) assert.match(tmpfs, /size=\d+m/, `${name}: ${tmpfs}`)
  }
})

test('what is started where nothing else is chosen fits into 8 GB', () => {
  const usual = ['postgres', 'tracing']
  const inUse = services.filter(([, { profiles }]) => !profiles || profiles.some((one) => usual.includes(one)))
  const bytes = inUse.map(([, { mem_limit = '' }]) => inBytes(mem_limit))
  assert.ok(bytes.reduce((sum, one) => sum + one) <= 8 * 1024 ** 3)
})

test('a container is given its own folder of secrets and runs as the user whose files those are', () => {
  const given = services.flatMap(([name, { volumes = [], user = '' }]) => {
    const mounts = volumes.flatMap((mount) => (typeof mount === 'string' ? [] : [mount]))
    return mounts.map(
      ({ source, target, read_only }) => `${name}: ${source} ${target} ${read_only} ${user.split(':')[0]}`,
    )
  })
  const wanted = Object.entries(consumers).map(
    ([name, { uid }]) => `${name}: ./secrets/${name} /run/secrets true ${uid}`,
  )
  assert.deepEqual(given.sort(), wanted.sort())
})

/** By what Firebase knows pages: every browser is told them. */
const publicKeys = ['FIREBASE_WEB_API_KEY', 'FIREBASE_WEB_VAPID_KEY']

test('no secret stands in the file', () => {
  for (const [name, { environment = {} }] of services) {
    for (const [variable, value] of Object.entries(environment)) {
      assert.doesNotMatch(value, /:\/\/[^/@]*:[^/@]*@/, `${name}: ${variable}`)
      const isSecret = /(^|_)(PASS\w*|SECRET|TOKEN|KEYS?|DSN|CREDENTIALS?)(_|$)/.test(variable)
      if (!isSecret || publicKeys.includes(variable)) continue
      assert.match(value, /^\/run\/secrets\/\w+(\.pem)?$/, `${name}: ${variable}`)
    }
  }
})

test('what is reachable from outside is the list that operators are given, and all else is for the server itself', () => {
  const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${withDefaults(port)}`))
  assert.deepEqual(published.sort(), [
    'alertmanager 127.0.0.1:9093:9093',
    'api-gateway 127.0.0.1:8080:8080',
    'auth-service 127.0.0.1:8081:8081',
    'chat-service 127.0.0.1:8082:8082',
    'coturn 0.0.0.0:49160-49259:49160-49259/udp',
    'coturn 3478:3478/tcp',
    'coturn 3478:3478/udp',
    'coturn 5349:5349/tcp',
    'grafana 127.0.0.1:3000:3000',
    'loki 127.0.0.1:3100:3100',
    'nginx 127.0.0.1:9090:9090',
    'nginx 443:8443',
    'nginx 80:8080',
    'prometheus 127.0.0.1:9091:9090',
    'storage-service 127.0.0.1:8084:8084',
    'video-service 127.0.0.1:8083:8083',
    'video-service 40000-40001:40000-40001/tcp',
    'video-service 40000-40001:40000-40001/udp',
  ])
})

test('who shares a network with whom is what deploy/networks.yml says', () => {
  const wanted = readYaml('deploy/networks.yml') as Record<string, Network>
  assert.deepEqual(Object.keys(file.networks), Object.keys(wanted))
  for (const [network, { internal = false, members }] of Object.entries(wanted)) {
    const inFile = services.filter(([, service]) => networksOf(service).includes(network)).map(([name]) => name)
    assert.deepEqual(inFile.sort(), [...members].sort(), network)
    assert.equal(file.networks[network]?.internal ?? false, internal, network)
  }
})

test('every image is one that deploy/images.yml knows, is still supported, and is no moving target', () => {
  const used = services.map(([, { image }]) => image).filter((image) => !image.startsWith('secureconnect/'))
  assert.deepEqual(
    [...new Set([...used, 'node:24-trixie-slim', 'chrislusf/seaweedfs:4.48'])].sort(),
    Object.keys(images).sort(),
  )
  for (const [image, { until, why }] of Object.entries(images)) {
    assert.match(image, /:v?\d[\w.-]*$/)
    assert.ok(until > today, `${image} was supported until ${until}: ${why}`)
  }
})

test('health is asked by a program that the image has, without a shell that it lacks', () => {
  for (const [name, { healthcheck, image }] of services) {
    if (!healthcheck) continue
    const [kind, program = ''] = healthcheck.test
    const base = image.startsWith('secureconnect/') ? 'node:24-trixie-slim' : image
    const programs: readonly string[] = images[base]?.programs ?? []
    assert.equal(kind, 'CMD', name)
    assert.ok(programs.includes(program), `${name}: ${program}`)
    assert.ok(inSeconds(healthcheck.interval) >= 10 && inSeconds(healthcheck.start_period) > 0, name)
  }
})

test('nothing waits for observability, and for no job but those that end by themselves', () => {
  const mayBeWaitedFor = ['migrate', 'postgres', 'cockroach', 'object-store-volume', 'backup-volumes']
  const seen = ['prometheus', 'alertmanager', 'grafana', 'loki', 'alloy', 'tempo', 'docker-proxy']
  for (const [name, { depends_on = {} }] of services) {
    if (seen.includes(name)) continue
    for (const other of Object.keys(depends_on)) assert.ok(mayBeWaitedFor.includes(other), `${name} waits for ${other}`)
  }
})

function isJob(name: string): boolean {
  return ['migrate', 'init-stores', 'object-store-volume', 'backup-volumes'].includes(name)
}
