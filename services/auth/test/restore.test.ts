import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseConfig } from '@secureconnect/config'
import { enqueue } from '@secureconnect/outbox'
import { serverSettings } from '@secureconnect/service'
import { column, connectPostgres } from '@secureconnect/sql'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { surroundings } from '@secureconnect/test/helpers'
import { Type } from 'typebox'
import { ask, createSecrets, onPostgres, registerPerson, startAuthOn } from './test-auth.ts'

const script = join(import.meta.dirname, '../restore.ts')
const Waiting = Type.Object({ topic: column.text })

test('after a restore everybody signs in again, and no mail goes out that may have gone out before', async (t) => {
  const database = await createMigratedDatabase(t)
  const { host, port, user, password, database: name } = database
  const servers = { DB_HOST: host, DB_PORT: String(port), DB_USER: user, DB_NAME: name, DB_PASSWORD: password }
  const secrets = createSecrets()
  const before = await startAuthOn(t, onPostgres(database), secrets)
  const { person, access_token, refresh_token } = await registerPerson(before)
  const lost = await registerPerson(before)
  await before.stop()
  const sql = await connectPostgres(parseConfig(serverSettings, { env: servers }))
  t.after(() => sql.close())
  // The backup is older than this session.
  await sql.execute`delete from users where username = ${lost.person.username}`
  for (const topic of ['mail', 'mail-request', 'conversation-purge']) {
    await sql.transaction((tx) => enqueue(tx, { topic, key: 'key', payload: {} }))
  }

  const restore = () => {
    const { stdout, stderr } = spawnSync(process.execPath, [script], {
      env: { ...surroundings, ...secrets, ...servers },
      encoding: 'utf8',
    })
    return [stdout, stderr]
  }
  assert.deepEqual(restore(), ['1 sessions were ended, 2 waiting mails dropped.\n', ''])
  assert.deepEqual(restore(), ['0 sessions were ended, 0 waiting mails dropped.\n', ''])
  const waiting = await sql.many(Waiting)`select topic from outbox`
  assert.deepEqual(waiting, [{ topic: 'conversation-purge' }], 'what services tell each other stays')

  const after = await startAuthOn(t, onPostgres(database), secrets)
  for (const token of [access_token, lost.access_token]) {
    const me = await ask(`${after.address}/v1/users/me`, { token })
    assert.deepEqual([me.status, me.code], [401, 'TOKEN_REVOKED'])
  }
  assert.equal((await ask(`${after.address}/v1/auth/refresh`, { body: { refresh_token } })).code, 'INVALID_GRANT')
  const again = await ask(`${after.address}/v1/auth/login`, {
    body: { email: person.email, password: person.password },
  })
  assert.equal(again.status, 200)
  assert.equal((await ask(`${after.address}/v1/users/me`, { token: again.data.access_token })).status, 200)
})
