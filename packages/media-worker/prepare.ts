// For images: `node packages/media-worker/prepare.ts FOLDER` has a media worker that runs here in FOLDER/mediasoup-worker.
import { copyFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { prepareWorker } from './src/index.ts'

const folder = resolve(process.argv[2] ?? '.')
const worker = await prepareWorker({
  given: undefined,
  cacheFolder: folder,
  onProgress: (progress) => process.stdout.write(`media worker: ${progress}\n`),
  signal: AbortSignal.timeout(3_600_000),
})
await copyFile(worker, join(folder, 'mediasoup-worker'))
