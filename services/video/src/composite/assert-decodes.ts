import { onFiles } from '../recording/on-files.ts'
import { runLeashed } from '../recording/run-leashed.ts'

/**
 * A larger picture is not decoded: a dozen of them may be in memory at once, of each of some twenty cameras. It is the
 * largest that devices send.
 */
export const mostPixels = 3_840 * 2_160
const stallMs = 60_000

type Looking = {
  program: string
  path: string
  kind: 'audio' | 'video'
  /** How far into the file to begin, as a scene does. */
  skipMs?: number
  cwd: string
  signal: AbortSignal
}

/** Makes sure that something of a file can be shown or heard: what cannot ends the program that makes scenes of it. */
export async function assertDecodes({ program, path, kind, skipMs = 0, cwd, signal }: Looking): Promise<void> {
  const bounds = ['-threads', '1', ...(kind === 'video' ? ['-max_pixels', String(mostPixels)] : [])]
  const first = kind === 'video' ? ['-map', '0:v:0', '-frames:v', '1'] : ['-map', '0:a:0', '-frames:a', '1']
  const seek = skipMs > 0 ? ['-ss', `${skipMs}ms`, ...(kind === 'video' ? ['-noaccurate_seek'] : [])] : []
  const args = [...onFiles, ...bounds, '-f', 'matroska', ...seek, '-i', path, ...first, '-f', 'framecrc', 'pipe:1']
  let isDecoded = false
  const onLine = (line: string) => {
    isDecoded ||= line.startsWith('0,')
  }
  await runLeashed([program, ...args], { cwd, signal, stallMs, onLine })
  if (!isDecoded) throw new Error(`nothing of ${path} can be decoded`)
}
