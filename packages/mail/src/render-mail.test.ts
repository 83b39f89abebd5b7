import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderMail } from './render-mail.ts'

const noticedAt = '2026-11-21T07:08:09.123Z'
const link = 'https://chat.example.org/page#token=a-b_c&d'

test('what happened to an account is said with its time and what to do, in text and in HTML', () => {
  const advice = {
    'security-notice': /change your password/,
    'new-device': /change your password now/,
    'password-changed': /reset your password now/,
    'email-changed': /tell whoever runs this service/,
    'totp-enabled': /change your password now/,
    'totp-disabled': /reset your password now/,
  } as const
  const templates = [
    'security-notice',
    'new-device',
    'password-changed',
    'email-changed',
    'totp-enabled',
    'totp-disabled',
  ] as const
  for (const template of templates) {
    const { type, text, html } = renderMail({ template, displayName: 'Alice', values: { noticedAt } })
    assert.equal(type, template)
    for (const body of [text, html]) {
      assert.match(body, /Hello Alice,/)
      assert.match(body, /2026-11-21 07:08 UTC/)
      assert.match(body, advice[template])
    }
  }
})

test('a mail with a link has it in text and in HTML, and says how long it works', () => {
  const spans = { verification: '24 hours', 'password-reset': '15 minutes', 'email-change': '24 hours' } as const
  for (const template of ['verification', 'password-reset', 'email-change'] as const) {
    const { type, text, html } = renderMail({ template, values: { link } })
    assert.equal(type, template)
    assert.ok(text.split('\n').includes(link))
    assert.ok(html.includes(`<p><a href="${link.replace('&', '&amp;')}">`))
    for (const body of [text, html]) assert.ok(body.includes(`for ${spans[template]}`))
  }
  assert.ok(renderMail({ template: 'welcome', values: { link } }).text.includes(link))
})

test('without a name nobody is greeted by one', () => {
  const { text, html } = renderMail({ template: 'verification', values: { link } })
  assert.ok(text.startsWith('Hello,\n'))
  assert.ok(html.includes('<p>Hello,</p>'))
})

test('what people call themselves stays text', () => {
  const displayName = `<img src=x onerror="alert('1')">`
  const { html, text } = renderMail({ template: 'security-notice', displayName, values: { noticedAt } })
  assert.ok(text.includes(displayName))
  assert.doesNotMatch(html, /<img/)
  assert.match(html, /&lt;img src=x onerror=&quot;alert\(&#39;1&#39;\)&quot;&gt;/)
})
