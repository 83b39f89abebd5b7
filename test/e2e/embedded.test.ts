import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startEmbeddedSystem } from '@secureconnect/dev-env'
import { serviceNames } from '@secureconnect/protocol'
import { startPreparedSystem } from '@secureconnect/test/embedded'
import { readJson, until } from '@secureconnect/test/helpers'
import { ask, walkThroughSlice } from './slice.ts'

function createFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'embedded-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('the whole system in one process serves a person from signing up to open sockets, and keeps the account', async (t) => {
  const folder = createFolder(t)
  const options = { folder, portBase: 0, revision: 'test' }
  const signUp = async () => {
    await using system = await startEmbeddedSystem(options)
    return await walkThroughSlice(system.addresses['api-gateway'])
  }
  const { token, userId } = await signUp()
  await using system = await startEmbeddedSystem(options)
  const me = await ask(`${system.addresses['api-gateway']}/v1/users/me`, { token })
  assert.equal(me.data.user_id, userId)
  // There is no relay here, and nobody is told otherwise.
  const servers = await ask(`${system.addresses['api-gateway']}/v1/calls/ice-servers`, { token })
  assert.deepEqual(servers.data, { ice_servers: [], ttl: 600, relay: false })
})

test('all five answer health, readiness, version and metrics', async (t) => {
  const { system } = await startPreparedSystem(t)
  for (const service of serviceNames) {
    const address = system.addresses[service]
    const readHealth = async () => readJson(await fetch(`${address}/health`))
    assert.equal((await readHealth()).service, service)
    // A probe may have come while the process was busy with starting.
    await until(`${service} is healthy`, async () => (await readHealth()).status === 'healthy')
    assert.equal((await fetch(`${address}/ready`)).status, 200, service)
    assert.equal((await readJson(await fetch(`${address}/version`))).revision, 'test')
    assert.match(
      await (await fetch(`${address}/metrics`)).text(),
      new RegExp(`build_info\\{[^}]*revision="test"[^}]*service="${service}"`),
    )
  }
})
