import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import { verifyAuditChain } from '@secureconnect/audit'
import { parseConfig } from '@secureconnect/config'
import { serverSettings } from '@secureconnect/service'
import { connectPostgres, newId } from '@secureconnect/sql'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { surroundings } from '@secureconnect/test/helpers'
import { generateSigningKeys } from '../src/index.ts'

const script = join(import.meta.dirname, '../admin.ts')
const key = () => randomBytes(32).toString('base64url')
const secrets = {
  JWT_SIGNING_KEYS: generateSigningKeys(),
  JWT_SECRET: key(),
  REFRESH_KEY: key(),
  PASSWORD_PEPPER: key(),
}

function run(env: Record<string, string>, words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...words], {
    env: { ...surroundings, ...secrets, ...env },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('in production an administrator is made by address, once that is confirmed, and unmade', async (t) => {
  const { host, port, user, password, database } = await createMigratedDatabase(t)
  const env = { DB_HOST: host, DB_PORT: String(port), DB_USER: user, DB_NAME: database, DB_PASSWORD: password }
  const admin = (...words: string[]) => run(env, words)
  const sql = await connectPostgres(parseConfig(serverSettings, { env }))
  t.after(() => sql.close())
  const userId = newId()
  await sql.execute`
    insert into users (user_id, email, email_key, username, username_key, display_name, password_hash, pepper_id)
    values (${userId}, 'Ada@Example.org', 'ada@example.org', 'Ada', 'ada', 'Ada', 'hash', 'pepper-1')`

  const unconfirmed = admin('grant', 'ada@example.org')
  assert.deepEqual([unconfirmed.status, unconfirmed.stdout], [1, ''])
  assert.match(unconfirmed.stderr, /^Ada@Example\.org is not confirmed yet: .*\n$/)
  await sql.execute`update users set email_verified_at = now(), banned_at = now()`
  assert.match(admin('grant', 'ada@example.org').stderr, /is banned: lift the ban first\.\n$/)
  await sql.execute`update users set banned_at = null`
  const granted = { status: 0, stdout: 'Ada@Example.org (username Ada) is an administrator now.\n', stderr: '' }
  assert.deepEqual(admin('grant', 'ada@example.org'), granted)
  assert.equal(admin('list').stdout, 'Ada@Example.org (username Ada)\n')
  const revoked = { status: 0, stdout: 'Ada@Example.org (username Ada) is an ordinary account now.\n', stderr: '' }
  assert.deepEqual(admin('revoke', 'Ada@Example.org'), revoked)
  assert.match(admin('list').stdout, /^There is no administrator yet/)
  const unknown = admin('revoke', 'eve@example.org')
  assert.deepEqual(unknown, {
    status: 1,
    stdout: '',
    stderr: 'There is no account with the address eve@example.org: register it first.\n',
  })

  const proof = await verifyAuditChain(sql)
  assert.equal(proof.checked + proof.pendingIds.length, 2)
})

test('without a database, or without its settings, the command says so and changes nothing', () => {
  const away = run({ DB_HOST: '127.0.0.1', DB_PORT: '1', DB_PASSWORD: key() }, ['list'])
  assert.deepEqual(away, { status: 1, stdout: '', stderr: 'The database does not answer: try again when it runs.\n' })
  const { status, stdout, stderr } = run({ DB_PORT: 'none' }, ['list'])
  assert.deepEqual([status, stdout], [1, ''])
  assert.match(stderr, /DB_PASSWORD[\s\S]*/)
  const help = run({}, ['--help'])
  assert.equal(help.status, 0)
  assert.match(help.stdout, /node services\/auth\/admin\.ts grant EMAIL/)
  const unknown = run({}, ['promote', 'ada@example.org'])
  assert.equal(unknown.status, 1)
  assert.match(unknown.stderr, /^There is no command promote\.\n\nSays who/)
  assert.match(run({}, ['grant']).stderr, /^grant takes one EMAIL\.\n\nSays who/)
})
