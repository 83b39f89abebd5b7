import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consumers } from '@secureconnect/ops/consumers'
import { readComposeFile } from './compose-file.ts'

const { services } = readComposeFile()

test('every container is closed to what it does not need', () => {
  for (const [name, service] of Object.entries(services)) {
    assert.equal(service.read_only, true, `${name}: read_only`)
    assert.deepEqual(service.cap_drop, ['ALL'], `${name}: cap_drop`)
    assert.deepEqual(service.security_opt, ['no-new-privileges:true'], `${name}: security_opt`)
    assert.equal(service.privileged, undefined, `${name}: privileged`)
    assert.match(service.user ?? '', /^\d+:\d+$/, `${name}: user`)
    assert.ok(service.pids_limit && service.mem_limit && service.cpus && service.init, `${name}: limits`)
  }
})

test('a container is given its own folder of secrets and runs as the user whose files those are', () => {
  const given = Object.entries(services).flatMap(([name, { volumes = [], user = '' }]) => {
    const secrets = volumes.flatMap((mount) => (typeof mount === 'string' ? [] : [mount]))
    return secrets.map(({ source, target, read_only }) => ({
      name,
      source,
      target,
      read_only,
      uid: user.split(':')[0],
    }))
  })
  const wanted = Object.entries(consumers).map(([name, { uid }]) => ({
    name,
    source: `./secrets/${name}`,
    target: '/run/secrets',
    read_only: true,
    uid: String(uid),
  }))
  const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name)
  assert.deepEqual(given.sort(byName), wanted.sort(byName))
})
