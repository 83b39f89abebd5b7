import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { ffmpeg } from '@secureconnect/test/stack'
import type { SegmentRow } from '../stores/recording-segments.ts'
import { fetchTracks } from './fetch-tracks.ts'
import { listScenes, type Source } from './list-scenes.ts'
import { makeScenes } from './make-scenes.ts'

const run = promisify(execFile)
const noise = ['-bsf:v', 'noise=amount=1']
const usual: Omit<SegmentRow, 'segment_id' | 'sha256'> = {
  recording_id: 'recording',
  participant_id: 'ada',
  user_id: 'ada',
  source: 'screen',
  kind: 'video',
  content_type: 'video/webm',
  offset_ms: 500,
  duration_ms: 1_000,
  bytes: 5,
  width: null,
  height: null,
  ended_by: 'stopped',
}

test('a file of which nothing can be decoded is left out, for it would end what is made of all the others', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'fetched-'))
  t.after(() => rm(folder, { recursive: true }))
  const program = await ffmpeg()
  const createFile = async (name: string, size: string, others: readonly string[] = []): Promise<SegmentRow> => {
    const picture = ['-f', 'lavfi', '-i', `color=c=red:s=${size}:r=5:d=0.4`]
    const path = join(folder, `${name}.stored`)
    await run(program, ['-v', 'error', ...picture, '-c:v', 'libvpx', '-cpu-used', '8', ...others, '-f', 'webm', path])
    const sha256 = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
    return { ...usual, segment_id: name, sha256 }
  }
  const segments = [
    await createFile('whole', '160x120'),
    await createFile('damaged', '160x120', noise),
    await createFile('huge', '4096x2176'),
  ]
  const left: string[] = []
  const fetching = {
    blobs: { read: async (key: string) => createReadStream(join(folder, `${key.split('/').at(-1)}.stored`)) },
    ...{ program, folder, signal: new AbortController().signal },
    onUnreadable: (error: unknown) => void left.push(String(error)),
  }
  for (const source of ['screen', 'camera'] as const) {
    const sources = await fetchTracks(
      fetching,
      segments.map((segment) => ({ ...segment, source })),
    )
    assert.deepEqual(
      sources.map(({ id }) => id),
      ['whole'],
      source,
    )
  }
  assert.equal(left.length, 4)

  // One that can be decoded where it begins may not be where a scene does.
  const span = { fromMs: 0, toMs: 1_000 }
  const sources = ['whole', 'huge'].map((id): Source => {
    return { ...span, id, track: id, kind: 'video', isScreen: false, shown: [span] }
  })
  const scenes = await makeScenes({ ...fetching, threads: 1 }, listScenes(sources, 1_000))
  assert.equal(left.length, 5)
  const { size } = await stat(join(folder, scenes[0]?.name ?? ''))
  assert.ok(size > 0)
})
