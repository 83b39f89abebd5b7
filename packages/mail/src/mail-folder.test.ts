import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseConfig } from '@secureconnect/config'
import { createLogger } from '@secureconnect/logging'
import { createMetrics } from '@secureconnect/metrics'
import { simpleParser } from 'mailparser'
import { createMailer, mailSettings } from './mail-settings.ts'
import { renderMail } from './render-mail.ts'

test('without an SMTP host each mail becomes one private file and one log line, which has its link', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'mail-'))
  t.after(() => rm(parent, { recursive: true }))
  const folder = join(parent, 'mail')
  const lines: Record<string, unknown>[] = []
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const log = createLogger({ service: 'auth-service', revision: 'abc', level: 'info', stream })
  const metrics = createMetrics({ service: 'auth-service', version: '0.1.0', revision: 'abc' })
  const settings = parseConfig(mailSettings, { env: { MAIL_FOLDER: folder }, secretsFolder: parent })
  const mailer = await createMailer({ config: settings, metrics, log })
  t.after(() => mailer.close())

  const link = 'https://chat.example.org/page#token=abc'
  const values = { noticedAt: '2026-11-21T07:00:00.000Z' }
  const rendered = renderMail({ template: 'security-notice', values, displayName: 'Ålice' })
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await mailer.send({ ...rendered, to: 'alice@example.org', messageId: 'outbox-7', link })
  }
  assert.deepEqual(await readdir(folder), ['security-notice-outbox-7.eml'])
  const file = join(folder, 'security-notice-outbox-7.eml')
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  const read = await simpleParser(await readFile(file))
  assert.equal(read.subject, rendered.subject)
  assert.equal(read.text?.startsWith('Hello Ålice,'), true)
  assert.deepEqual(
    lines.map(({ message, file: named, link: told }) => [message, named, told]),
    [
      ['mail written', file, link],
      ['mail written', file, link],
    ],
  )
})

test('production refuses mail in the clear, and mail that stays in a folder', () => {
  const read = (env: Record<string, string>) => parseConfig(mailSettings, { env, secretsFolder: '/nowhere' })
  assert.throws(() => read({ ENV: 'production', SMTP_SECURITY: 'none' }), /SMTP_SECURITY must be starttls or tls/)
  assert.throws(() => read({ ENV: 'production' }), /SMTP_HOST is not set, which production needs/)
  assert.throws(() => read({ SMTP_SECURITY: 'ssl' }), /SMTP_SECURITY must be starttls, tls or none/)
  assert.equal(read({ ENV: 'production', SMTP_HOST: 'mail' }).smtpSecurity, 'starttls')
  assert.equal(read({ SMTP_SECURITY: 'none' }).smtpSecurity, 'none')
})
