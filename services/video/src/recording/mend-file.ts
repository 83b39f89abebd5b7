import { execFile } from 'node:child_process'
import { rename, rm, stat } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** Packets are copied, not decoded: a file of hours takes seconds. */
const timeoutMs = 120_000

/** Writes anew a file that its recorder did not close, so that players know its length; answers that, in milliseconds. */
export async function mendFile(program: string, path: string): Promise<number> {
  const mended = `${path}.mended`
  const format = path.endsWith('.mkv') ? 'matroska' : 'webm'
  const quiet = ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-progress', 'pipe:1']
  try {
    const { stdout } = await run(
      program,
      [...quiet, '-i', path, '-map', '0', '-c', 'copy', '-copyinkf', '-f', format, '-y', mended],
      {
        timeout: timeoutMs,
        env: {},
      },
    )
    const last = [...stdout.matchAll(/^out_time_us=(\d+)$/gm)].at(-1)?.[1]
    if (last === undefined) throw new Error(`nothing of ${path} could be read`)
    // On a disk that is full ffmpeg 5 may lose what it still held, and say nothing of it.
    const [{ size }, { size: mendedSize }] = await Promise.all([stat(path), stat(mended)])
    if (mendedSize < size / 2) throw new Error(`${mended} has ${mendedSize} of ${size} bytes: no space left on device`)
    await rename(mended, path)
    return Math.round(Number(last) / 1_000)
  } finally {
    await rm(mended, { force: true })
  }
}
