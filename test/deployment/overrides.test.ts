import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
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
    const { services } = await merge('compose.external-s3.yml')
    assert.deepEqual([services['object-store'], services['object-store-volume']], [undefined, undefined])
    for (const name of ['video-service', 'storage-service']) {
      const { S3_URL, S3_PUBLIC_URL, S3_TLS_CA } = services[name]?.environment ?? {}
      assert.deepEqual([S3_URL, S3_PUBLIC_URL, S3_TLS_CA], [settings.S3_URL, settings.S3_URL, ''], name)
    }
  },
)

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
