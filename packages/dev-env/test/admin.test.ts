import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { hasty } from '@secureconnect/test/helpers'
import { createFolder, fillDataFolder } from './create-folder.ts'
import { findPortBase } from './find-port-base.ts'
import { StartedSystem } from './started-system.ts'

const script = join(import.meta.dirname, '../src/admin.ts')
const ada = { email: 'Ada@example.org', username: 'ada', display_name: 'Ada', password: 'seven quiet harbours' }

function runAdmin(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [hasty, script, ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

async function post(url: string, body: object) {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  return JSON.parse(await response.text()).data
}

test('the first administrator is made while the system is stopped, and is one when it runs again', async (t) => {
  const data = join(createFolder(t), 'data')
  const admin = (...words: string[]) => runAdmin('--data', data, ...words)
  const portBase = await findPortBase()
  const url = (path: string) => `http://127.0.0.1:${portBase}${path}`
  const start = async () => {
    const system = new StartedSystem(t, ['--data', data, '--port-base', String(portBase)])
    await system.running()
    return system
  }
  const nothing = admin('grant', ada.email)
  assert.deepEqual([nothing.status, nothing.stdout], [1, ''])
  assert.match(
    nothing.stderr,
    /^There are no accounts in .*: run npm start and register one, or name .* --data DIR\.\n$/,
  )

  await fillDataFolder(data)
  const first = await start()
  const { user } = await post(url('/v1/auth/register'), ada)
  const running = admin('grant', ada.email)
  assert.equal(running.status, 1)
  assert.match(running.stderr, /^\S+ is in use by process \d+, running since \S+: stop npm start \(Ctrl-C\), /)
  first.signal('SIGTERM')
  await first.end()

  assert.match(admin('list').stdout, /^There is no administrator yet/)
  const unknown = admin('grant', 'eve@example.org')
  assert.deepEqual([unknown.status, unknown.stdout], [1, ''])
  assert.equal(unknown.stderr, 'There is no account with the address eve@example.org: register it first.\n')
  const granted = { status: 0, stdout: 'Ada@example.org (username ada) is an administrator now.\n', stderr: '' }
  assert.deepEqual(admin('grant', 'ADA@example.org'), granted)
  assert.match(admin('grant', ada.email).stdout, /is an administrator already\.\n$/)
  assert.equal(admin('list').stdout, 'Ada@example.org (username ada)\n')

  await start()
  const { access_token } = await post(url('/v1/auth/login'), { email: ada.email, password: ada.password })
  const response = await fetch(url('/v1/admin/audit-logs?action=set_role'), {
    headers: { authorization: `Bearer ${access_token}` },
  })
  assert.equal(response.status, 200)
  const { entries } = JSON.parse(await response.text()).data
  assert.deepEqual(
    entries.map(({ target_id, reason, result }: Record<string, unknown>) => [target_id, reason, result]),
    [[user.user_id, 'admin', 'allowed']],
  )
})

test('words that make no sense are answered with how to say it', () => {
  for (const words of [[], ['grant'], ['grant', 'a@b.org', 'c@d.org'], ['appoint', 'a@b.org'], ['list', 'all']]) {
    const { status, stdout, stderr } = runAdmin(...words)
    assert.deepEqual([status, stdout], [1, ''])
    assert.match(stderr, /npm run admin -- grant EMAIL/)
  }
  assert.match(runAdmin('--nope').stderr, /^Unknown option '--nope': npm run admin -- --help shows/)
  const { status, stdout, stderr } = runAdmin('--help')
  assert.deepEqual([status, stderr], [0, ''])
  assert.match(stdout, /npm run admin -- revoke EMAIL/)
})
