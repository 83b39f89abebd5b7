import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as gateway from '@secureconnect/api-gateway'
import * as auth from '@secureconnect/auth-service'
import * as backup from '@secureconnect/backup'
import * as chat from '@secureconnect/chat-service'
import { variableName } from '@secureconnect/config'
import { kvSettings } from '@secureconnect/kv'
import { consumers } from '@secureconnect/ops/consumers'
import { serverSettings } from '@secureconnect/service'
import * as storage from '@secureconnect/storage-service'
import * as video from '@secureconnect/video-service'
import { readComposeFile, root, withDefaults } from './compose-file.ts'

const { services } = readComposeFile()
const settings: Readonly<Record<string, object>> = {
  'api-gateway': { ...gateway.settings, ...kvSettings },
  'auth-service': { ...auth.settings, ...serverSettings },
  'chat-service': { ...chat.settings, ...serverSettings },
  'video-service': { ...video.settings, ...serverSettings },
  'storage-service': { ...storage.settings, ...serverSettings },
  backup: backup.settings,
}
const ofEveryProcess = ['ENV', 'NODE_OPTIONS', 'MALLOC_ARENA_MAX']

const read = (path: string) => readFileSync(join(root, path), 'utf8')

test('what our services are given are settings that they have', () => {
  for (const [name, known] of Object.entries(settings)) {
    const names = new Set([...Object.keys(known).map(variableName), ...ofEveryProcess])
    const given = Object.keys(services[name]?.environment ?? {})
    assert.deepEqual(
      given.filter((variable) => !names.has(variable)),
      [],
      name,
    )
  }
})

test('our services are given the secrets that they read, and no others', () => {
  for (const [name, known] of Object.entries(settings)) {
    const read = Object.entries(known).flatMap(([key, { kind }]) => (kind === 'secret' ? [variableName(key)] : []))
    assert.deepEqual(consumers[name]?.secrets.toSorted(), read.map((secret) => secret.toLowerCase()).sort(), name)
  }
})

test('one media port is published for each media worker', () => {
  const { environment = {}, ports = [] } = services['video-service'] ?? {}
  const number = (name: string) => Number(withDefaults(environment[name] ?? ''))
  const [first, last] = [number('MEDIA_PORT_BASE'), number('MEDIA_PORT_BASE') + number('MEDIA_WORKERS') - 1]
  for (const transport of ['udp', 'tcp']) {
    const range = `${first}-${last}:${first}-${last}/${transport}`
    assert.ok(ports.map(withDefaults).includes(range), range)
  }
})

test('the ports that the relay uses are the ones that are published', () => {
  const config = read('configs/coturn/turnserver.conf.template')
  const value = (name: string) => new RegExp(`^${name}=(\\d+)$`, 'm').exec(config)?.[1]
  const range = `${value('min-port')}-${value('max-port')}`
  assert.ok(services.coturn?.ports?.includes(`0.0.0.0:${range}:${range}/udp`), range)
})

test('nginx waits for nothing longer than two minutes, and speaks no old TLS', () => {
  const files = [
    'nginx.conf',
    'docker-proxy.conf',
    'parts/proxy.conf',
    'templates/api.conf.template',
    'templates/files.conf.template',
  ]
  for (const file of files) {
    const config = read(`configs/nginx/${file}`)
    for (const [line, name, seconds, unit] of config.matchAll(/(\w+_timeout) (\d+)(\w*)/g)) {
      if (name !== 'ssl_session_timeout') assert.ok(Number(seconds) <= 120 && unit === 's', `${file}: ${line}`)
    }
    for (const [line] of config.matchAll(/ssl_protocols .*;/g))
      assert.match(line, /ssl_protocols TLSv1.2 TLSv1.3;/, file)
  }
})

test('images are made without a foreign frontend, run as nobody in particular and say what they are made of', () => {
  const dockerfile = read('deploy/Dockerfile')
  assert.doesNotMatch(dockerfile, /^#\s*syntax/im)
  assert.doesNotMatch(dockerfile, /secrets|\.npmrc|TOKEN|PASSWORD/)
  const stages = dockerfile.split(/^FROM /m)
  const { version } = JSON.parse(read('packages/service/package.json')) as { version: string }
  for (const [name, { build, image }] of Object.entries(services)) {
    if (!build) continue
    const stage = stages.find((text) => text.startsWith(`runtime AS ${build.target}\n`)) ?? assert.fail(name)
    assert.match(stage, /^USER 1000:1000$/m, name)
    for (const label of ['revision', 'version', 'created', 'source'])
      assert.match(stage, new RegExp(`image\\.${label}=`), name)
    assert.match(image, /:\$\{REVISION\}$/, name)
    assert.equal(withDefaults(build.args?.VERSION ?? ''), version, name)
  }
})
