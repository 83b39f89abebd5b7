import assert from 'node:assert/strict'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startFakeFirebase } from '@secureconnect/push/testing'
import { webApp } from '@secureconnect/push/testing/web-app'
import { init } from '../src/commands/init.ts'
import { mail } from '../src/doctor/mail.ts'
import { push } from '../src/doctor/push.ts'
import { readSettings } from '../src/settings/env-file.ts'
import { answers, createRoot, tryOps, withoutRoot } from './try-ops.ts'

const skip = withoutRoot
const root = createRoot(after)
const credentials = join(root, 'secrets/firebase_credentials')

before(async () => {
  if (skip === false) assert.equal((await tryOps(root, init, ...answers)).code, 0)
})

test('a mail server that is away, or speaks no TLS, is told with the way out', { skip }, async (t) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).write('220 mail.example.org ESMTP\r\n')
    socket.on('data', () => socket.write('250 mail.example.org\r\n'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' ? String(address?.port) : ''
  const look = async (at: Record<string, string>) => {
    const [finding] = await mail.run({ root, settings: new Map([...readSettings(root), ...Object.entries(at)]) })
    return `${finding?.state}: ${finding?.detail} -> ${finding?.fix}`
  }
  assert.match(await look({ SMTP_HOST: 'localhost', SMTP_PORT: port }), /^warning: .*no TLS.* -> Correct SMTP_SECURITY/)
  assert.match(await look({ SMTP_HOST: 'mail.invalid' }), /^warning: mail\.invalid:587 .* -> Correct SMTP_HOST/)
})

test('what browsers register by for pushes is judged before the service refuses it', { skip }, async () => {
  const look = async (given: Readonly<Record<string, string>>) => {
    const [finding] = await push.run({ root, settings: new Map(Object.entries(given)) })
    return `${finding?.state}: ${finding?.detail}`
  }
  assert.match(await look({ FIREBASE_WEB_APP_ID: webApp.FIREBASE_WEB_APP_ID }), /^failed: .*belong together/s)
  assert.match(await look({ ...webApp, FIREBASE_WEB_APP_ID: 'our-app' }), /^failed: .*FIREBASE_WEB_APP_ID is no id/s)
  assert.match(await look(webApp), /^warning: .*without secrets\/firebase_credentials/)
})

test('credentials for pushes are tried where there are any', { skip }, async (t) => {
  const look = () => push.run({ root, settings: readSettings(root) })
  assert.deepEqual(await look(), [])
  const firebase = await startFakeFirebase()
  t.after(() => firebase.close())
  t.after(() => rmSync(credentials, { force: true }))
  writeFileSync(credentials, firebase.credentials)
  assert.deepEqual(
    (await look()).map(({ state }) => state),
    ['ok'],
  )
  writeFileSync(credentials, '{}')
  const [finding] = await look()
  assert.match(
    `${finding?.state}: ${finding?.detail} -> ${finding?.fix}`,
    /^warning: is no service account.* -> Put the file/,
  )
})
