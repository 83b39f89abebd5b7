import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { ComposeFile } from './compose-file.ts'
import { root } from './compose-file.ts'

const run = promisify(execFile)
const settings = {
  REVISION: 'test',
  DOMAIN: 'chat.example.org',
  FILES_DOMAIN: 'files.example.org',
  PUBLIC_IP: '203.0.113.7',
  SMTP_HOST: 'mail.example.org',
  S3_URL: 'https://s3.example.org',
  CASSANDRA_HOSTS: 'a.example.org,b.example.org,c.example.org',
  CASSANDRA_DATA_CENTER: 'dc1',
  CASSANDRA_CA: '/etc/ssl/cassandra.pem',
  REDIS_HOST: 'redis.example.org',
  REDIS_CA: '/etc/ssl/redis.pem',
}
const hasCompose = await run('docker', ['compose', 'version']).then(
  () => true,
  () => false,
)
const options = hasCompose ? {} : { skip: 'no docker compose on this machine' }

/** What compose makes of the file and one that overrides it. */
async function merge(override: string): Promise<ComposeFile> {
  const files = ['-f', 'docker-compose.production.yml', '-f', `deploy/${override}`]
  const args = ['compose', ...files, '--env-file', '/dev/null', 'config', '--format', 'json']
  const { stdout } = await run('docker', args, { cwd: root, env: { ...process.env, ...settings } })
  return JSON.parse(stdout) as ComposeFile
}

/** What a container finds in the place of a file or folder of its own. */
function mountsOf({ services }: ComposeFile, name: string): ReadonlyMap<string, string> {
  const mounts = (services[name]?.volumes ?? []).flatMap((mount) => (typeof mount === 'string' ? [] : [mount]))
  return new Map(mounts.map(({ source, target }) => [target, source]))
}

/** Prometheus looks at these no more, which it does without the override. */
function assertNotMissed(file: ComposeFile, targets: readonly string[]): void {
  const mounts = [...mountsOf(file, 'prometheus')].filter(([, source]) => source.endsWith('/no-targets.yml'))
  const masked = mounts.map(([target]) => target.replace('/etc/prometheus/targets/', ''))
  assert.deepEqual(masked.sort(), targets.toSorted())
  for (const target of targets) assert.ok(existsSync(join(root, 'configs/prometheus/targets', target)), target)
}

/** Who uses the store is told where it is, believes its authority, and gets out of the networks of this server. */
function assertReaches(
  file: ComposeFile,
  name: string,
  told: Record<string, string>,
  authority: readonly string[],
): void {
  const { environment = {}, networks = {} } = file.services[name] ?? assert.fail(name)
  for (const [variable, value] of Object.entries(told))
    assert.equal(environment[variable], value, `${name}: ${variable}`)
  const [target = '', source] = authority
  assert.equal(mountsOf(file, name).get(target), source, `${name}: ${target}`)
  const ways = Object.keys(networks).filter((network) => file.networks[network]?.internal !== true)
  assert.notDeepEqual(ways, [], `${name} has no way out`)
}

test('what is scaled out has neither one name nor one port of the server, and the gateway both', options, async () => {
  const { services } = await merge('compose.scale.yml')
  for (const [name, replicas] of Object.entries({ 'auth-service': 2, 'chat-service': 3, 'storage-service': 2 })) {
    const { container_name, ports, deploy } = services[name] ?? {}
    assert.deepEqual([container_name, ports, deploy?.replicas], [undefined, undefined, replicas], name)
  }
  assert.equal(services['api-gateway']?.container_name, 'api-gateway')
  assert.match(services['api-gateway']?.environment?.VIDEO_NODES ?? '', /video-1=.*:8083,video-2=.*:8085/)
  const { environment = {}, network_mode, ports } = services['video-service-2'] ?? {}
  assert.deepEqual([environment.VIDEO_NODE, network_mode, ports], ['video-2', 'service:video-service', undefined])
})

test(
  'with a store of files elsewhere none runs here, and both services that keep files use that one',
  options,
  async () => {
    const file = await merge('compose.external-s3.yml')
    const { services } = file
    assert.deepEqual([services['object-store'], services['object-store-volume']], [undefined, undefined])
    for (const name of ['video-service', 'storage-service']) {
      const { S3_URL, S3_PUBLIC_URL, S3_TLS_CA } = services[name]?.environment ?? {}
      assert.deepEqual([S3_URL, S3_PUBLIC_URL, S3_TLS_CA], [settings.S3_URL, settings.S3_URL, ''], name)
    }
    assertNotMissed(file, ['tls/object-store.yml'])
  },
)

test(
  'with a Cassandra cluster elsewhere no node runs here, and archive and backups use that one',
  options,
  async () => {
    const file = await merge('compose.external-cassandra.yml')
    assert.deepEqual([file.services.cassandra, file.services['init-stores']], [undefined, undefined])
    const { CASSANDRA_HOSTS, CASSANDRA_DATA_CENTER } = settings
    const CASSANDRA_TLS_CA = '/etc/secureconnect/cassandra_ca.pem'
    const told = { CASSANDRA_HOSTS, CASSANDRA_DATA_CENTER, CASSANDRA_REPLICATION_FACTOR: '3', CASSANDRA_TLS_CA }
    for (const name of ['chat-service', 'backup'])
      assertReaches(file, name, told, [CASSANDRA_TLS_CA, settings.CASSANDRA_CA])
    assertNotMissed(file, ['tls/cassandra.yml'])
  },
)

test('with Redis elsewhere none runs here, and every service uses that one', options, async () => {
  const file = await merge('compose.external-redis.yml')
  assert.deepEqual([file.services.redis, file.services['redis-exporter']], [undefined, undefined])
  const REDIS_TLS_CA = '/etc/secureconnect/redis_ca.pem'
  const told = {
    REDIS_HOST: settings.REDIS_HOST,
    REDIS_USERNAME: 'secureconnect',
    REDIS_CLUSTER: 'false',
    REDIS_TLS_CA,
  }
  for (const name of ['api-gateway', 'auth-service', 'chat-service', 'video-service', 'storage-service'])
    assertReaches(file, name, told, [REDIS_TLS_CA, settings.REDIS_CA])
  assertNotMissed(file, ['redis-exporter.yml', 'tls/redis.yml'])
})

test(
  'with SeaweedFS the store keeps its name, its login and its certificate, and nothing of the other one',
  options,
  async () => {
    const { services } = await merge('compose.seaweedfs.yml')
    const { image, environment, volumes = [], networks, user } = services['object-store'] ?? {}
    assert.deepEqual([image, environment, user], ['chrislusf/seaweedfs:4.48', undefined, '1000:1000'])
    assert.deepEqual(Object.keys(networks ?? {}), ['data', 'files'])
    const targets = volumes.map((mount) => (typeof mount === 'string' ? mount : mount.target))
    assert.deepEqual(targets.sort(), ['/data', '/etc/secureconnect/start.sh', '/run/secrets'])
  },
)
