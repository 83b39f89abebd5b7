import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderMail } from './render-mail.ts'

const noticedAt = '2026-11-21T07:08:09.123Z'

test('a security notice says what happened, when, and what to do, in text and in HTML', () => {
  const mail = renderMail({
    template: 'security-notice',
    values: { displayName: 'Alice', deviceName: 'phone', noticedAt },
  })
  assert.equal(mail.type, 'security-notice')
  for (const body of [mail.text, mail.html]) {
    assert.match(body, /Hello Alice,/)
    assert.match(body, /2026-11-21 07:08 UTC/)
    assert.match(body, /phone/)
    assert.match(body, /change your password/)
  }
})

test('a changed password and a new device say when, and what to do if it was somebody else', () => {
  for (const template of ['password-changed', 'new-device'] as const) {
    const { type, text, html } = renderMail({ template, values: { displayName: 'Alice', noticedAt } })
    assert.equal(type, template)
    for (const body of [text, html]) {
      assert.match(body, /Hello Alice,/)
      assert.match(body, /2026-11-21 07:08 UTC/)
      assert.match(body, /(change|reset) your password now/)
    }
  }
})

test('what people call themselves and their devices stays text', () => {
  const displayName = `<img src=x onerror="alert('1')">`
  const { html, text } = renderMail({
    template: 'security-notice',
    values: { displayName, deviceName: '</p><script>&', noticedAt },
  })
  assert.ok(text.includes(displayName))
  assert.doesNotMatch(html, /<img|<script/)
  assert.match(html, /&lt;img src=x onerror=&quot;alert\(&#39;1&#39;\)&quot;&gt;/)
  assert.match(html, /&lt;\/p&gt;&lt;script&gt;&amp;/)
})
