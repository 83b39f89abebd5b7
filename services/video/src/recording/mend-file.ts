import { rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { onFiles } from './on-files.ts'
import { runLeashed } from './run-leashed.ts'

/** Packets are copied, not decoded: a file of hours takes seconds. */
const timeoutMs = 600_000
const stallMs = 60_000

/**
 * Writes anew a file that its recorder did not close, or did not mark pictures in, so that players know its length and
 * where to begin; answers that length, in milliseconds, or undefined where nothing is in it.
 */
export async function mendFile(program: string, path: string): Promise<number | undefined> {
  const mended = `${path}.mended`
  const format = path.endsWith('.mkv') ? 'matroska' : 'webm'
  const input = ['-progress', 'pipe:1', '-f', 'matroska', '-i', path]
  // Pictures before the first that needs no other can be shown by nobody, and go.
  const output = ['-map', '0', '-c', 'copy', '-f', format, '-y', mended]
  let lastUs: string | undefined
  const onLine = (line: string) => {
    lastUs = /^out_time_us=(\d+)$/.exec(line)?.[1] ?? lastUs
  }
  try {
    const bounds = { cwd: dirname(path), signal: AbortSignal.timeout(timeoutMs), stallMs }
    await runLeashed([program, ...onFiles, ...input, ...output], { ...bounds, onLine })
    if (lastUs === undefined) return undefined
    // On a disk that is full ffmpeg 5 may lose what it still held, and say nothing of it.
    const [{ size }, { size: mendedSize }] = await Promise.all([stat(path), stat(mended)])
    if (mendedSize < size / 2) throw new Error(`${mended} has ${mendedSize} of ${size} bytes: no space left on device`)
    await rename(mended, path)
    return Math.round(Number(lastUs) / 1_000)
  } finally {
    await rm(mended, { force: true })
  }
}
