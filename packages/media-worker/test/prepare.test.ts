import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { prepareWorker, type WorkerOptions } from '@secureconnect/media-worker'
import { buildFromSource } from '../src/build-from-source.ts'

const worksHere = '#!/bin/sh\nexit 41\n'
const worksElsewhere = '#!/bin/sh\nexit 127\n'

function createFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'media-worker-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Serves an archive with such a program, as mediasoup's releases do; undefined for one that has none. */
async function startReleases(t: TestContext, program: string | undefined): Promise<string> {
  const folder = createFolder(t)
  writeFileSync(join(folder, 'mediasoup-worker'), program ?? '', { mode: 0o755 })
  const tar = await promisify(execFile)('tar', ['-czf', '-', '-C', folder, 'mediasoup-worker'], { encoding: 'buffer' })
  const server = createServer((_request, answer) => {
    answer.writeHead(program === undefined ? 404 : 200).end(tar.stdout)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function prepare(cacheFolder: string, options: Partial<WorkerOptions> = {}) {
  const told: string[] = []
  const onProgress = (progress: string) => void told.push(progress)
  const { signal } = new AbortController()
  return { told, path: prepareWorker({ given: undefined, cacheFolder, onProgress, signal, ...options }) }
}

/** Gives up as soon as a build from source begins, which would take minutes. */
async function assertWouldBuild(cacheFolder: string, prebuiltUrl: string): Promise<void> {
  const giveUp = new AbortController()
  const told: string[] = []
  const onProgress = (progress: string) => {
    told.push(progress)
    if (progress.startsWith('building')) giveUp.abort()
  }
  const path = prepareWorker({ given: undefined, cacheFolder, onProgress, signal: giveUp.signal, prebuiltUrl })
  await assert.rejects(path, { name: 'AbortError' })
  assert.match(told.join('\n'), /cannot be had/)
}

test('a worker that is named is used, and one that does not run here is told of, not replaced', async (t) => {
  const folder = createFolder(t)
  const [good, bad] = [join(folder, 'good'), join(folder, 'bad')]
  writeFileSync(good, worksHere, { mode: 0o755 })
  writeFileSync(bad, worksElsewhere, { mode: 0o755 })
  assert.equal(await prepare(folder, { given: good }).path, good)
  await assert.rejects(prepare(folder, { given: bad }).path, /does not run here: name another in MEDIASOUP_WORKER_BIN/)
  await assert.rejects(prepare(folder, { given: join(folder, 'nothing') }).path, /does not run here/)
})

test('the build of mediasoup itself is fetched once, and found from then on', async (t) => {
  const cacheFolder = join(createFolder(t), 'cache')
  const prebuiltUrl = await startReleases(t, worksHere)
  const first = prepare(cacheFolder, { prebuiltUrl })
  const path = await first.path
  assert.match(first.told.join(), /fetching/)
  const second = prepare(cacheFolder, { prebuiltUrl })
  assert.equal(await second.path, path)
  assert.deepEqual(second.told, [])
  assert.equal(readdirSync(cacheFolder).length, 1, 'nothing is left of the fetching')
})

test('one that cannot be fetched, or does not run here, is built from source', async (t) => {
  for (const program of [undefined, worksElsewhere]) {
    await assertWouldBuild(createFolder(t), await startReleases(t, program))
  }
})

test('what cannot be built is told in one sentence', async (t) => {
  const source = join(createFolder(t), 'worker')
  mkdirSync(join(source, 'subprojects'), { recursive: true })
  const building = buildFromSource({
    source,
    target: join(createFolder(t), 'worker'),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  })
  await assert.rejects(building, ({ message }: Error) =>
    /^[^\n]*(recipe must be adapted|as root, run|Debian alone)/.test(message),
  )
})
