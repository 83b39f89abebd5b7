import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { DtlsParameters, RtpCapabilities, RtpParameters } from './signaling-frames/rtp.ts'

const opus = { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }
const fingerprint = { algorithm: 'sha-256', value: Array(32).fill('AB').join(':') }

const samples: Readonly<Record<string, { schema: TSchema; good: readonly unknown[]; bad: readonly unknown[] }>> = {
  'the keys of a transport': {
    schema: DtlsParameters,
    good: [{ fingerprints: [fingerprint] }, { role: 'client', fingerprints: [fingerprint] }],
    bad: [
      {},
      { fingerprints: [] },
      { fingerprints: [{ ...fingerprint, algorithm: 'md5' }] },
      { fingerprints: [{ ...fingerprint, algorithm: 'sha-512' }] },
      { fingerprints: [{ ...fingerprint, value: '' }] },
      { role: 'both', fingerprints: [fingerprint] },
    ],
  },
  'how a stream is sent': {
    schema: RtpParameters,
    good: [
      { codecs: [opus] },
      { codecs: [{ ...opus, parameters: { useinbandfec: 1, 'sprop-stereo': '0' } }], encodings: [{ ssrc: 1 }] },
      { codecs: [opus], encodings: [{ rid: 'r0' }, { rid: 'r1' }], rtcp: { cname: 'x' }, somethingNew: true },
    ],
    bad: [
      {},
      { codecs: [] },
      { codecs: Array(65).fill(opus) },
      { codecs: [{ ...opus, payloadType: 128 }] },
      { codecs: [{ ...opus, mimeType: 'audio/' }] },
      { codecs: [{ ...opus, parameters: { ['k'.repeat(65)]: 1 } }] },
      { codecs: [{ ...opus, parameters: JSON.parse('{"__proto__":1}') }] },
      { codecs: [opus], encodings: [] },
      { codecs: [opus], encodings: [{ ssrc: 2 ** 32 }] },
      { codecs: [opus], encodings: [{ rid: 'x'.repeat(17) }] },
    ],
  },
  'what a device receives': {
    schema: RtpCapabilities,
    good: [{ codecs: [], headerExtensions: [] }],
    bad: [{ codecs: [] }, { codecs: [{ ...opus, kind: 'text' }], headerExtensions: [] }],
  },
}

for (const [name, { schema, good, bad }] of Object.entries(samples)) {
  test(`${name}: what a browser says is taken, and nothing that could be too much for a worker`, () => {
    const compiled = Compile(schema)
    for (const value of good) assert.ok(compiled.Check(value), JSON.stringify(value))
    for (const value of bad) assert.ok(!compiled.Check(value), JSON.stringify(value))
  })
}
