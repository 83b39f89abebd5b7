import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { buildFromSource, recipeKey } from './build-from-source.ts'
import { fetchPrebuilt } from './fetch-prebuilt.ts'
import { findMediasoup } from './find-mediasoup.ts'
import { runsHere } from './runs-here.ts'

export type WorkerOptions = {
  /** A program that the operator names. */
  given: string | undefined
  /** Where the worker is kept between runs, and found by the next. */
  cacheFolder: string
  /** Told what takes its time, as "compiled 20 of 261 parts". */
  onProgress: (progress: string) => void
  signal: AbortSignal
  /** Where mediasoup's own builds are, if not at its releases. */
  prebuiltUrl?: string | undefined
}

const advice = 'Set MEDIASOUP_WORKER_BIN to a mediasoup-worker that runs here'

/**
 * Finds or makes a media worker that runs on this machine and fits the installed mediasoup: the given one, the one in
 * the cache, mediasoup's own build, or one compiled from the source in its package, which takes minutes. Answers its path.
 */
export async function prepareWorker(options: WorkerOptions): Promise<string> {
  const { given, cacheFolder } = options
  if (given !== undefined) {
    if (await runsHere(given)) return given
    throw new Error(`The media worker ${given} does not run here: name another in MEDIASOUP_WORKER_BIN, or none.`)
  }
  const mediasoup = await findMediasoup()
  const nameOf = (kind: string) => join(cacheFolder, `mediasoup-worker-${mediasoup.version}-${process.arch}-${kind}`)
  const prebuilt = nameOf('prebuilt')
  const built = nameOf(`source-${await recipeKey()}`)
  for (const path of [prebuilt, built]) if (await runsHere(path)) return path
  await mkdir(cacheFolder, { recursive: true })
  if (await fetchPrebuilt({ ...options, version: mediasoup.version, target: prebuilt })) return prebuilt
  await buildFromSource({ ...options, source: mediasoup.workerSource, target: built }).catch((cause: Error) => {
    options.signal.throwIfAborted()
    throw new Error(`There is no media worker for this machine: ${cause.message}. ${advice}.`, { cause })
  })
  if (await runsHere(built)) return built
  throw new Error(`The media worker that was built does not run here. ${advice}.`)
}
