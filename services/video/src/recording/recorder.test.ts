import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Tap } from '../media/tap.ts'
import { Recorder } from './recorder.ts'

const rtpParameters = { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }] }
const format = { format: 'webm', extension: 'webm', contentType: 'audio/webm' }

test('a recorder that lives and writes nothing of what it is sent is ended, and says so', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'recorder-'))
  t.after(() => rm(folder, { recursive: true }))
  const program = join(folder, 'hangs')
  await writeFile(program, '#!/bin/sh\necho out_time_us=500000\necho jitter buffer >&2\nexec sleep 60\n', {
    mode: 0o755,
  })
  let packets = 0
  const countSent = async () => ++packets
  const consumer = { kind: 'audio', rtpParameters } as Tap['consumer']
  const tap = { consumer, ended: new Promise<never>(() => undefined), countSent }
  const recorder = await Recorder.start({ program, path: join(folder, 'file'), format, tap, port: 9 })
  const { cut, durationMs, isWhole, said } = await recorder.ended
  assert.deepEqual([cut, durationMs, isWhole], ['recorder_died', 500, false])
  assert.match(said, /it wrote nothing for/)
})
