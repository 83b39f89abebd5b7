import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { createLogger, withRequest } from '@secureconnect/logging'
import { createMetrics } from '@secureconnect/metrics'
import { createCertificate, findDeadPort, login, startSilentServer, startSmtpServer } from '../test/smtp-receiver.ts'
import { type Mail, MailError } from './mailer.ts'
import { connectSmtp, type SmtpOptions, trySmtp } from './smtp.ts'

const mail: Mail = {
  to: 'alice@example.org',
  subject: 'Grüße: 50 % off',
  text: 'Hello Alice.\n',
  html: '<p>Hello Alice.</p>',
  link: 'https://chat.example.org/page#token=abc',
  messageId: 'outbox-1',
  type: 'security-notice',
}

function connect(t: TestContext, options: Partial<SmtpOptions> & { port: number }) {
  const metrics = createMetrics({ service: 'auth-service', version: '0.1.0', revision: 'abc' })
  const lines: string[] = []
  const stream = { write: (line: string) => void lines.push(line) }
  const log = createLogger({ service: 'auth-service', revision: 'abc', level: 'info', stream })
  const from = 'SecureConnect <no-reply@chat.example.org>'
  const mailer = connectSmtp({ host: 'localhost', security: 'none', from, metrics, log, ...options })
  t.after(() => mailer.close())
  const countFailures = async () => {
    const { values } = await metrics.emailsFailed.get()
    return values.map(({ labels, value }) => [labels.reason, value])
  }
  return { mailer, metrics, lines, countFailures }
}

async function failWith(reason: string, work: Promise<void>): Promise<void> {
  await assert.rejects(work, (error) => error instanceof MailError && error.reason === reason)
}

test('a mail arrives as it was written, under its stable id', async (t) => {
  const server = await startSmtpServer(t)
  const { mailer, metrics, lines } = connect(t, { port: server.port, login })
  await mailer.send(mail)
  await mailer.send(mail)
  const [first, second] = server.received
  assert.deepEqual(first?.recipients, ['alice@example.org'])
  assert.equal(first?.mail.subject, mail.subject)
  assert.equal(first?.mail.text?.trim(), 'Hello Alice.')
  assert.equal(first?.mail.html, mail.html)
  assert.equal(first?.mail.from?.text, '"SecureConnect" <no-reply@chat.example.org>')
  assert.equal(first?.mail.messageId, '<outbox-1@chat.example.org>')
  assert.equal(second?.mail.messageId, first?.mail.messageId)
  const sent = (await metrics.emails.get()).values.find(({ labels }) => labels.type === 'security-notice')
  assert.equal(sent?.value, 2)
  assert.doesNotMatch(lines.join(''), /alice|only-for-this-test|token/)
})

test('a refused login and a refused recipient are told apart', async (t) => {
  const { port, received } = await startSmtpServer(t)
  const stranger = connect(t, { port, login: { ...login, pass: 'wrong' } })
  await failWith('login', stranger.mailer.send(mail))
  const { mailer, countFailures } = connect(t, { port, login })
  await failWith('refused', mailer.send({ ...mail, to: 'nobody@example.org' }))
  await mailer.send(mail)
  assert.equal(received.length, 1)
  assert.deepEqual(await countFailures(), [['refused', 1]])
})

test('a server that says "later" defers the mail', async (t) => {
  const busy = Object.assign(new Error('greylisted'), { responseCode: 451 })
  const { port } = await startSmtpServer(t, { onRcptTo: (_address, _session, done) => done(busy) })
  await failWith('deferred', connect(t, { port }).mailer.send(mail))
})

test('a dead server fails each mail at once, and after twenty the breaker spares it the calls', async (t) => {
  const { mailer, countFailures, lines } = connect(t, { port: await findDeadPort() })
  for (let i = 0; i < 21; i += 1) await assert.rejects(mailer.send(mail))
  assert.deepEqual(await countFailures(), [['unreachable', 21]])
  assert.equal(lines.filter((line) => line.includes('breaker is open')).length, 1)
})

test('a server that hangs costs no more than the time there is, and leaves nothing behind', async (t) => {
  const { mailer } = connect(t, { port: await startSilentServer(t) })
  const ids = { requestId: 'r', traceId: 't', spanId: 's', isSampled: false, clientIp: '' }
  const startedAt = performance.now()
  const sending = withRequest({ ...ids, deadlineAt: Date.now() + 200 }, () => mailer.send(mail))
  await failWith('timeout', sending)
  assert.ok(performance.now() - startedAt < 1_000)
})

test('a server without TLS, or with a certificate nobody signed, gets no mail and no login', async (t) => {
  const attempts: unknown[] = []
  const onAuth = (auth: unknown) => void attempts.push(auth)
  const clear = await startSmtpServer(t, { onAuth, disabledCommands: ['STARTTLS'] })
  await failWith('tls', connect(t, { port: clear.port, login, security: 'starttls' }).mailer.send(mail))
  const unsigned = await startSmtpServer(t, { onAuth, ...(await createCertificate(t)) })
  await failWith('tls', connect(t, { port: unsigned.port, login, security: 'starttls' }).mailer.send(mail))
  const unsignedTls = await startSmtpServer(t, { onAuth, secure: true, ...(await createCertificate(t)) })
  await failWith('tls', connect(t, { port: unsignedTls.port, login, security: 'tls' }).mailer.send(mail))
  assert.deepEqual([attempts, clear.received, unsigned.received, unsignedTls.received], [[], [], [], []])
})

test('with a good certificate mails travel encrypted, by STARTTLS and by TLS', async (t) => {
  const certificate = await createCertificate(t)
  const usual = getCACertificates()
  setDefaultCACertificates([...usual, certificate.cert])
  t.after(() => setDefaultCACertificates(usual))
  for (const security of ['starttls', 'tls'] as const) {
    const server = await startSmtpServer(t, { ...certificate, secure: security === 'tls' })
    await connect(t, { port: server.port, login, security }).mailer.send(mail)
    assert.deepEqual(
      server.received.map(({ isSecure }) => isSecure),
      [true],
    )
  }
})

test('nothing in address, subject or id can add a recipient or a header', async (t) => {
  const server = await startSmtpServer(t)
  const { mailer } = connect(t, { port: server.port })
  const recipients = [
    'alice@example.org, mallory@example.org',
    'alice@example.org\r\nBcc: mallory@example.org',
    'alice@example.org>\r\nRCPT TO:<mallory@example.org',
    'Alice <alice@example.org>',
    'group: mallory@example.org;',
    '',
  ]
  for (const to of recipients) await failWith('invalid', mailer.send({ ...mail, to }))
  for (const subject of ['a\r\nBcc: mallory@example.org', 'a\nb', 'a\0b', 'a\u0085b']) {
    await failWith('invalid', mailer.send({ ...mail, subject }))
  }
  for (const messageId of ['a>\r\nX: y', '../../etc/passwd', '']) {
    await failWith('invalid', mailer.send({ ...mail, messageId }))
  }
  await mailer.send({ ...mail, subject: 'Bcc: mallory@example.org', text: '.\r\nQUIT\r\n.\r\n' })
  assert.equal(server.received.length, 1)
  assert.deepEqual(server.received[0]?.recipients, ['alice@example.org'])
  assert.equal(server.received[0]?.mail.bcc, undefined)
  assert.equal(server.received[0]?.mail.text?.trim(), '.\nQUIT\n.')
})

test('that a server takes the login is tried without a mail, and why not is told', async (t) => {
  const { port, received } = await startSmtpServer(t)
  const server = { host: 'localhost', port, security: 'none' } as const
  await trySmtp({ ...server, login })
  assert.deepEqual(received, [])
  await failWith('login', trySmtp({ ...server, login: { ...login, pass: 'wrong' } }))
  await failWith('tls', trySmtp({ ...server, login, security: 'starttls' }))
  await failWith('unreachable', trySmtp({ ...server, port: await findDeadPort() }))
})
