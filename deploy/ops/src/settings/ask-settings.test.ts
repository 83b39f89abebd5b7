import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askSettings } from './ask-settings.ts'

test('what only the operator knows is asked for, nonsense again, and the usual is taken where he says nothing', async () => {
  const answers = [
    'Chat',
    'chat.example.org',
    '',
    '203.0.113',
    '203.0.113.7',
    'mail.example.org',
    '465',
    '',
    '',
    'cockroach',
  ]
  const asked: string[] = []
  const ask = async (question: string) => {
    asked.push(question)
    return answers.shift() ?? ''
  }
  const settings = await askSettings({}, { known: new Map(), ask })
  assert.deepEqual(Object.fromEntries(settings), {
    DOMAIN: 'chat.example.org',
    FILES_DOMAIN: 'files.chat.example.org',
    PUBLIC_IP: '203.0.113.7',
    SMTP_HOST: 'mail.example.org',
    SMTP_PORT: '465',
    SMTP_SECURITY: 'tls',
    MAIL_FROM: 'SecureConnect <no-reply@chat.example.org>',
    COMPOSE_PROFILES: 'cockroach',
  })
  assert.match(asked[1] ?? '', /must be a host name/)
  assert.match(asked[2] ?? '', /\[files\.chat\.example\.org\]/)
})

test('what .env says already is not asked for, and what is wrong in it is named', async () => {
  const known = new Map([
    ['DOMAIN', 'chat.example.org'],
    ['PUBLIC_IP', '203.0.113.7'],
    ['SMTP_HOST', 'mail.example.org'],
  ])
  const settings = await askSettings({}, { known, ask: undefined })
  assert.equal(settings.get('SMTP_SECURITY'), 'starttls')
  const wrong = new Map([...known, ['PUBLIC_IP', 'here']])
  await assert.rejects(askSettings({}, { known: wrong, ask: undefined }), /PUBLIC_IP in \.env must be an IP address/)
})
