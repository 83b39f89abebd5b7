import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { type MailServer, smtpServer } from './index.ts'

/** Sends a mail, waiting for the answer to each command as a client must, and returns all that the server said. */
async function send(
  { host, port }: MailServer,
  { to, body, login }: { to: string; body: string; login?: string },
): Promise<string> {
  const socket = connect(port, host)
  const commands = [
    'EHLO test',
    ...(login ? [`AUTH PLAIN ${Buffer.from(`\0${login}`).toString('base64')}`] : []),
    'MAIL FROM:<sender@example.com>',
    `RCPT TO:<${to}>`,
    'DATA',
    `From: sender@example.com\r\nTo: ${to}\r\nSubject: hello\r\n\r\n${body}\r\n.`,
    'QUIT',
  ]
  const said: string[] = []
  for await (const line of createInterface(socket)) {
    said.push(line)
    const isWholeAnswer = /^\d{3} /.test(line)
    if (isWholeAnswer) socket.write(`${commands.shift() ?? ''}\r\n`)
  }
  return said.join('\n')
}

test('each recipient gets the mails sent to him, in order, and no others', async (t) => {
  const server = await smtpServer(t)
  await send(server, { to: 'alice@example.com', body: 'first' })
  await send(server, { to: 'bob@example.com', body: 'to bob' })
  await send(server, { to: 'alice@example.com', body: 'second' })
  assert.equal((await server.nextMail({ to: 'alice@example.com' })).text?.trim(), 'first')
  assert.equal((await server.nextMail({ to: 'alice@example.com' })).text?.trim(), 'second')
  const mail = await server.nextMail({ to: 'bob@example.com' })
  assert.equal(mail.subject, 'hello')
  assert.deepEqual(mail.recipients, ['bob@example.com'])
})

test('a mail that is not sent yet is waited for, but not longer than told', async (t) => {
  const server = await smtpServer(t)
  const mail = server.nextMail({ to: 'alice@example.com' })
  await send(server, { to: 'alice@example.com', body: 'late' })
  assert.equal((await mail).text?.trim(), 'late')
  await assert.rejects(server.nextMail({ to: 'alice@example.com', withinMs: 50 }), /No mail to alice@example.com/)
})

test('a right login is accepted and a wrong one refused', async (t) => {
  const server = await smtpServer(t)
  const right = `${server.user}\0${server.password}`
  assert.match(await send(server, { to: 'alice@example.com', body: 'hello', login: right }), /^235 /m)
  assert.match(await send(server, { to: 'alice@example.com', body: 'hello', login: `${server.user}\0wrong` }), /^535 /m)
})
