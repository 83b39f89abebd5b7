import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { globSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { init } from '../src/commands/init.ts'
import { supportBundle } from '../src/commands/support-bundle.ts'
import { secretKinds } from '../src/secrets/secret-kinds.ts'
import { fakeDocker, runningContainer } from './fake-docker.ts'
import { answers, createRoot, tryOps, withoutRoot } from './try-ops.ts'

test('a bundle holds what helps, and no secret however it is written', { skip: withoutRoot }, async (t) => {
  const root = createRoot((clean) => t.after(clean))
  const secrets = join(root, 'secrets')
  await tryOps(root, init, ...answers)
  writeFileSync(
    join(secrets, 'firebase_credentials'),
    JSON.stringify({ client_email: 'push@x.example.org', private_key_id: 'canary-in-json' }),
  )
  const values = Object.keys(secretKinds).flatMap((name) => {
    const known =
      readdirSync(secrets).includes(name) &&
      !['cassandra_user', 'firebase_credentials', 'jwt_signing_keys'].includes(name)
    return known ? [readFileSync(join(secrets, name), 'utf8')] : []
  })
  const [{ d = '' } = {}] = JSON.parse(readFileSync(join(secrets, 'jwt_signing_keys'), 'utf8')).keys
  const token = `eyJhbGciOiJFUzI1NiJ9.${'a'.repeat(40)}.sig`
  const canaries = [...values, ...values.map(encodeURIComponent), d, 'canary-in-json', token, 'ada@example.org']
  const logs = `the cause stands here\npassword: seven-harbours Bearer ${token}\n${canaries.join('\n')}`
  fakeDocker(t, root, { containers: [runningContainer('auth-service')], services: 'auth-service', logs })

  const { code, text } = await tryOps(root, supportBundle)
  assert.equal(code, 0, text)
  const [bundle = ''] = globSync('support-*.tar.gz', { cwd: root })
  assert.equal(statSync(join(root, bundle)).mode & 0o777, 0o600)
  const listed = execFileSync('tar', ['-tzf', join(root, bundle)], { encoding: 'utf8' })
  for (const file of ['doctor.json', 'containers.json', 'settings.env', 'logs/auth-service.log'])
    assert.ok(listed.includes(file), file)
  const content = execFileSync('tar', ['-xzOf', join(root, bundle)], { encoding: 'utf8' })
  assert.ok(content.includes('the cause stands here') && content.includes('DOMAIN=chat.example.org'))
  for (const canary of [...canaries, 'seven-harbours']) assert.ok(!content.includes(canary), canary)
})
