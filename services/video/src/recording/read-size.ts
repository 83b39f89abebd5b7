import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { onFiles } from './on-files.ts'

const run = promisify(execFile)
const timeoutMs = 30_000

export type Size = { width: number; height: number }

/** How large the first picture of a file is; undefined where it tells of none. */
export async function readSize(program: string, path: string): Promise<Size | undefined> {
  const first = ['-map', '0:v:0', '-c', 'copy', '-copyinkf', '-frames:v', '1', '-f', 'framecrc', 'pipe:1']
  const args = [...onFiles, '-f', 'matroska', '-i', path, ...first]
  const { stdout } = await run(program, args, { timeout: timeoutMs, killSignal: 'SIGKILL', env: {} })
  const [, width, height] = /^#dimensions 0: ([1-9]\d*)x([1-9]\d*)$/m.exec(stdout) ?? []
  return width && height ? { width: Number(width), height: Number(height) } : undefined
}
