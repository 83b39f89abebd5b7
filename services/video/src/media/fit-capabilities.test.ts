import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fitCapabilities } from './fit-capabilities.ts'

test('a header extension has the number that the room gives it, and one that the room does not know is left out', () => {
  const uri = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01'
  const room = {
    headerExtensions: [
      { kind: 'audio' as const, uri, preferredId: 5 },
      { kind: 'video' as const, uri, preferredId: 6 },
    ],
  }
  const device = {
    codecs: [],
    headerExtensions: [
      { kind: 'video' as const, uri, preferredId: 3 },
      { kind: 'video' as const, uri: 'urn:unknown', preferredId: 5 },
    ],
  }
  // Their type names the extensions that mediasoup knows.
  const fitted = fitCapabilities(device, room as Parameters<typeof fitCapabilities>[1])
  assert.deepEqual(fitted, { codecs: [], headerExtensions: [{ kind: 'video', uri, preferredId: 6 }] })
})
