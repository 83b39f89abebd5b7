import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ConfigError, parseConfig } from './parse-config.ts'
import { secret, secretStrength } from './secret.ts'
import { choice, flag, integer, list, optional, origin, port, requiredInProduction, text, url } from './setting.ts'

const strong = 'correct-horse-battery-staple-9f31'

function createFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'config-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

function writeSecret(folder: string, name: string, value: string): string {
  const path = join(folder, name)
  writeFileSync(path, value, { mode: 0o600 })
  return path
}

function faultsOf(read: () => unknown): readonly string[] {
  try {
    read()
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

test('values are parsed, defaults fill what is not set', () => {
  const settings = {
    port: port(8080),
    host: text(),
    debug: flag(false),
    level: choice(['info', 'warn'], 'info'),
    origins: list(origin(), []),
  }
  const env = { HOST: ' 0.0.0.0 ', DEBUG: 'true', ORIGINS: 'https://a.example, https://b.example' }
  assert.deepEqual(parseConfig(settings, { env }), {
    port: 8080,
    host: '0.0.0.0',
    debug: true,
    level: 'info',
    origins: ['https://a.example', 'https://b.example'],
  })
})

test('every fault is listed in one message', () => {
  const settings = { port: port(), publicUrl: url(['https:']), workers: integer({ min: 1, max: 8 }), host: text() }
  const env = { PORT: '80a', PUBLIC_URL: 'ftp://x', WORKERS: '9' }
  const faults = faultsOf(() => parseConfig(settings, { env }))
  assert.equal(faults.length, 4)
  assert.deepEqual(
    faults.map((fault) => fault.split(' ')[0]),
    ['PORT', 'PUBLIC_URL', 'WORKERS', 'HOST'],
  )
})

test('a secret comes from its file, which wins over the secrets folder', (t) => {
  const folder = createFolder(t)
  writeSecret(folder, 'db_password', `${strong}-mounted`)
  const named = writeSecret(folder, 'elsewhere', `  ${strong}\n`)
  const settings = { dbPassword: secret() }
  assert.equal(parseConfig(settings, { env: {}, secretsFolder: folder }).dbPassword, `${strong}-mounted`)
  assert.equal(parseConfig(settings, { env: { DB_PASSWORD_FILE: named }, secretsFolder: folder }).dbPassword, strong)
})

test('a missing, empty, short, default or world-readable secret is refused without showing its value', (t) => {
  const folder = createFolder(t)
  const worldReadable = writeSecret(folder, 'open', strong)
  chmodSync(worldReadable, 0o644)
  const settings = {
    missing: secret(),
    empty: secret(),
    short: secret(secretStrength.key),
    usual: secret(),
    open: secret(),
  }
  const env = {
    MISSING_FILE: join(folder, 'nowhere'),
    EMPTY_FILE: writeSecret(folder, 'empty', ' \n'),
    SHORT_FILE: writeSecret(folder, 'short', 'only-twenty-bytes-ok'),
    USUAL_FILE: writeSecret(folder, 'usual', 'changeme-changeme-changeme'),
    OPEN_FILE: worldReadable,
  }
  const faults = faultsOf(() => parseConfig(settings, { env, secretsFolder: folder }))
  assert.deepEqual(
    faults.map((fault) => fault.split(' ')[0]),
    ['MISSING', 'EMPTY', 'SHORT', 'USUAL', 'OPEN'],
  )
  assert.doesNotMatch(faults.join('\n'), new RegExp(`${strong}|only-twenty|changeme`))
})

test('production has no fallback where an operator must decide', () => {
  const settings = { smtpHost: requiredInProduction(optional(text())), publicUrl: requiredInProduction(text('here')) }
  assert.deepEqual(parseConfig(settings, { env: {} }), { smtpHost: undefined, publicUrl: 'here' })
  const faults = faultsOf(() => parseConfig(settings, { env: { ENV: 'production', SMTP_HOST: ' ' } }))
  assert.deepEqual(faults, [
    'SMTP_HOST is not set, which production needs',
    'PUBLIC_URL is not set, which production needs',
  ])
  const env = { ENV: 'production', SMTP_HOST: 'mail', PUBLIC_URL: 'there' }
  assert.equal(parseConfig(settings, { env }).publicUrl, 'there')
})

test('production refuses a secret in the environment and a wildcard origin', () => {
  const settings = { refreshKey: secret(), corsAllowedOrigins: list(origin()) }
  const env = { REFRESH_KEY: strong, CORS_ALLOWED_ORIGINS: '*' }
  assert.equal(faultsOf(() => parseConfig(settings, { env: { ...env, ENV: 'production' } })).length, 2)
  assert.equal(parseConfig(settings, { env }).refreshKey, strong)
})
