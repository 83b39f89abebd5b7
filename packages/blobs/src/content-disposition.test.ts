import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contentDisposition } from './content-disposition.ts'

const hostile = [
  'a\r\nSet-Cookie: x=1\r\n\r\n<html>',
  'a"; filename="b.exe',
  "it's a 'quote'; filename*=UTF-8''x",
  '../../etc/passwd',
  '..\\..\\boot.ini',
  '🎉 párty 写真.jpeg',
  'photo\u202egpj.exe',
  '\ud800 lone',
  '%0d%0aX: y',
  '\u0000\u0007.txt',
  '.',
  '..',
  '',
  `${'ž'.repeat(4_096)}.pdf`,
  `${'a'.repeat(4_096)}.${'b'.repeat(4_096)}`,
]

test('whatever a file is called, its name is one safe header', () => {
  for (const name of hostile) {
    const header = contentDisposition('attachment', name)
    assert.match(header, /^attachment; filename="[^"\\/\r\n%;]+"; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]+$/, name)
    assert.ok(header.length < 2_500, `${header.length} characters`)
    const decoded = decodeURIComponent(header.split("UTF-8''")[1] ?? '')
    assert.doesNotMatch(decoded, /^\.|[/\\\r\n\u202e]/)
  }
})

test('a name that does no harm stays as it is', () => {
  assert.equal(
    contentDisposition('inline', 'Plan (final).png'),
    `inline; filename="Plan (final).png"; filename*=UTF-8''Plan%20%28final%29.png`,
  )
  assert.match(
    contentDisposition('attachment', '写真.jpg'),
    /filename="__\.jpg"; filename\*=UTF-8''%E5%86%99%E7%9C%9F\.jpg$/,
  )
})

test('a long name keeps the ending by which programs are chosen', () => {
  const header = contentDisposition('attachment', `${'report '.repeat(100)}.pdf`)
  assert.match(header, /\.pdf"/)
  assert.match(header, /\.pdf$/)
})
