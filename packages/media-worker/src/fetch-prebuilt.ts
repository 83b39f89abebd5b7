import { execFile } from 'node:child_process'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { release } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { WorkerOptions } from './prepare-worker.ts'
import { runsHere } from './runs-here.ts'

const releases = 'https://github.com/versatica/mediasoup/releases/download'
/** Many networks have no way there; then nobody should wait long. */
const answerWithinMs = 5_000
const downloadWithinMs = 120_000

type Fetching = Pick<WorkerOptions, 'onProgress' | 'signal' | 'prebuiltUrl'> & { version: string; target: string }

function archiveName(version: string): string {
  const kernel = process.platform === 'linux' ? `-kernel${release().split('.', 1)[0]}` : ''
  return `mediasoup-worker-${version}-${process.platform}-${process.arch}${kernel}.tgz`
}

async function download(url: string, signal: AbortSignal): Promise<Uint8Array> {
  const slow = new AbortController()
  const timer = setTimeout(() => slow.abort(), answerWithinMs)
  const signals = AbortSignal.any([signal, slow.signal, AbortSignal.timeout(downloadWithinMs)])
  const answer = await fetch(url, { signal: signals }).finally(() => clearTimeout(timer))
  if (!answer.ok) throw new Error(`answered ${answer.status}`)
  return new Uint8Array(await answer.arrayBuffer())
}

/** Fetches the worker that mediasoup itself has built, if it can be fetched and runs here. */
export async function fetchPrebuilt({ onProgress, signal, prebuiltUrl, version, target }: Fetching): Promise<boolean> {
  const url = `${prebuiltUrl ?? releases}/${version}/${archiveName(version)}`
  onProgress(`fetching ${url}`)
  const folder = await mkdtemp(join(dirname(target), '.media-worker-'))
  try {
    const archive = join(folder, 'archive.tgz')
    await writeFile(archive, await download(url, signal))
    await promisify(execFile)('tar', ['-xzf', archive, '-C', folder])
    const program = join(folder, 'mediasoup-worker')
    if (!(await runsHere(program))) throw new Error('it does not run here')
    await rename(program, target)
    return true
  } catch (error) {
    signal.throwIfAborted()
    onProgress(`mediasoup's own build cannot be had (${error instanceof Error ? error.message : error})`)
    return false
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
