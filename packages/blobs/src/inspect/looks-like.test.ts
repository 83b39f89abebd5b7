import assert from 'node:assert/strict'
import { test } from 'node:test'
import { looksLike } from './looks-like.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')
const box = (brands: string) => Buffer.concat([Buffer.from([0, 0, 0, 8 + brands.length]), bytes(`ftyp${brands}`)])

const beginnings: Readonly<Record<string, Buffer>> = {
  'image/png': bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'),
  'image/jpeg': bytes('\xff\xd8\xff\xe0\0\x10JFIF\0'),
  'image/gif': bytes('GIF89a\x01\0\x01\0'),
  'image/webp': bytes('RIFF\x24\0\0\0WEBPVP8 '),
  'image/avif': box('avif\0\0\0\0avifmif1miaf'),
  'image/heic': box('heic\0\0\0\0mif1heic'),
  'video/mp4': box('isom\0\0\x02\0isomiso2avc1mp41'),
  'video/quicktime': box('qt  \0\0\0\0qt  '),
  'video/webm': bytes('\x1aE\xdf\xa3\x9fB\x86\x81\x01'),
  'audio/mpeg': bytes('ID3\x04\0\0\0\0\0\0'),
  'audio/ogg': bytes('OggS\0\x02\0\0\0\0'),
  'audio/wav': bytes('RIFF\x24\0\0\0WAVEfmt '),
  'application/pdf': bytes('%PDF-1.7\n%\xe2\xe3\xcf\xd3'),
  'application/zip': bytes('PK\x03\x04\x14\0\0\0\0\0'),
  'application/vnd.oasis.opendocument.text': bytes(
    `PK\x03\x04${'\0'.repeat(26)}mimetypeapplication/vnd.oasis.opendocument.text`,
  ),
  'application/msword': bytes('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0'),
  'application/gzip': bytes('\x1f\x8b\x08\0'),
}
/** What has the same beginning, or may be read as either. */
const families = [
  ['image/avif', 'image/heic'],
  ['video/webm', 'audio/webm'],
  ['video/mp4', 'audio/mp4'],
  ['application/zip', 'application/vnd.oasis.opendocument.text'],
]

test('bytes fit the type that they are, and none of another kind', () => {
  for (const [type, head] of Object.entries(beginnings)) {
    assert.ok(looksLike(type, head), type)
    for (const other of Object.keys(beginnings).filter((name) => name !== type)) {
      const isKin = families.some((family) => family.includes(type) && family.includes(other))
      if (!isKin) assert.equal(looksLike(other, head), false, `${type} taken for ${other}`)
    }
  }
})

test('a program that calls itself a picture, a text or a document is found out', () => {
  const programs = [bytes('MZ\x90\0\x03\0\0\0'), bytes('\x7fELF\x02\x01\x01\0\0'), bytes('\xca\xfe\xba\xbe\0\0\0\x34')]
  for (const head of programs) {
    for (const type of [...Object.keys(beginnings), 'text/plain', 'text/csv', 'application/json', 'image/svg+xml']) {
      assert.equal(looksLike(type, head), false, type)
    }
    assert.ok(looksLike('application/octet-stream', head))
  }
})

test('a page that calls itself a picture is found out', () => {
  const page = bytes('<html><script>alert(1)</script>')
  for (const type of Object.keys(beginnings)) assert.equal(looksLike(type, page), false, type)
  assert.equal(looksLike('image/svg+xml', page), false)
})

test('text in any writing is text', () => {
  for (const sample of ['plain', 'žluťoučký 写真 🎉', '', '\ufeffwith a mark']) {
    assert.ok(looksLike('text/plain', Buffer.from(sample)))
  }
  assert.ok(looksLike('text/plain', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('text', 'utf16le')])))
})

test('no type and no bytes make it fall over', () => {
  for (const type of ['', 'toString', '__proto__', 'application/x-msdownload']) {
    assert.equal(looksLike(type, bytes('x')), false)
  }
  for (const type of Object.keys(beginnings)) {
    for (let length = 0; length < 16; length++)
      looksLike(type, beginnings[type]?.subarray(0, length) ?? Buffer.alloc(0))
  }
})
