import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeStream } from './describe-stream.ts'

function describeWith(parameters: Record<string, unknown>): string[] {
  const codecs = [{ mimeType: 'video/H264', payloadType: 101, clockRate: 90_000, parameters }]
  return describeStream({ kind: 'video', rtpParameters: { codecs }, port: 20_000 }).split(/[\r\n]+/)
}

test('a recorder is told how a stream was made, as far as it says so in plain words', () => {
  const lines = describeWith({
    'packetization-mode': 1,
    'profile-level-id': '42e01f',
    'sprop-parameter-sets': 'Z0IAH5WoFAFug+A=,aM48',
  })
  assert.ok(lines.includes('a=rtpmap:101 H264/90000'))
  assert.ok(
    lines.includes(
      'a=fmtp:101 packetization-mode=1;profile-level-id=42e01f;sprop-parameter-sets=Z0IAH5WoFAFug+A=,aM48',
    ),
  )
})

test('nobody sends a recorder elsewhere by what he says of his stream', () => {
  const plain = describeWith({})
  for (const words of ['1\r\nm=audio 9 RTP/AVP 0', '1\nc=IN IP4 192.0.2.1', '1\rx', '1;y=2', '1 2']) {
    assert.deepEqual(describeWith({ mode: words }), plain, JSON.stringify(words))
    assert.deepEqual(describeWith({ [words]: 1 }), plain, JSON.stringify(words))
  }
  assert.deepEqual(describeWith({ mode: null, more: '' }), plain)
})
