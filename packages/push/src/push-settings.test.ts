import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parseConfig } from '@secureconnect/config'
import { createLogger } from '@secureconnect/logging'
import { createMetrics } from '@secureconnect/metrics'
import { createPusher, pushSettings } from './push-settings.ts'

async function createWith(env: Readonly<Record<string, string>>) {
  const config = parseConfig(pushSettings, { env })
  const log = createLogger({ service: 'chat-service', revision: 'abc', level: 'silent' })
  const metrics = createMetrics({ service: 'chat-service', version: '0.1.0', revision: 'abc' })
  return createPusher({ config: { ...config, env: env.ENV ?? 'test' }, metrics, log })
}

function writeSecret(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'push-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'firebase_credentials')
  writeFileSync(file, text)
  chmodSync(file, 0o600)
  return file
}

const account = (pem: string) =>
  JSON.stringify({
    project_id: 'somewhere',
    client_email: 'push@somewhere.example.org',
    private_key: pem,
    token_uri: 'https://oauth2.example.org/token',
  })

test('production without Firebase refuses to start, unless that is said to be meant', async () => {
  await assert.rejects(createWith({ ENV: 'production' }), /FIREBASE_CREDENTIALS is missing.*ALLOW_MOCK_PUSH/s)
  const settings = [{ ENV: 'production', ALLOW_MOCK_PUSH: 'true' }, {}] as const
  for (const env of settings) await (await createWith(env)).close()
})

test('credentials are a file as the Firebase console gives it; anything else is refused without its value', async (t) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const pusher = await createWith({ ENV: 'production', FIREBASE_CREDENTIALS_FILE: writeSecret(t, account(pem)) })
  await pusher.close()
  for (const [text, fault] of [
    ['{"type":"something else entirely, but long enough"}', /no service account/],
    ['no JSON at all, but certainly long enough for a key', /no service account/],
    [account('-----BEGIN PRIVATE KEY-----'), /no RSA key/],
  ] as const) {
    const env = { FIREBASE_CREDENTIALS_FILE: writeSecret(t, text) }
    await assert.rejects(createWith(env), (error: Error) => fault.test(error.message) && !error.message.includes(text))
  }
})

test('production talks to Firebase over TLS only', async () => {
  await assert.rejects(
    createWith({ ENV: 'production', ALLOW_MOCK_PUSH: 'true', FIREBASE_URL: 'http://fcm.example.org' }),
    /FIREBASE_URL must start with https/,
  )
})
