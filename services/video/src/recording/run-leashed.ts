import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { spawnLeashed } from './spawn-leashed.ts'

/** What ffmpeg tells of itself that changes also while nothing moves on. */
const isBeside = /^(?!out_time_us=)\w+=/
const wordsKept = 500

type Options = {
  cwd: string
  signal: AbortSignal
  /** One that gets no further for so long is ended. */
  stallMs: number
  /** Hears each line that tells of something new. */
  onLine?: (line: string) => void
}

/** Runs ffmpeg to its end, last of all that want a core. */
export async function runLeashed(command: readonly string[], options: Options): Promise<void> {
  const { cwd, signal, stallMs, onLine } = options
  signal.throwIfAborted()
  const child = spawnLeashed(['nice', '-n', '19', ...command], { cwd })
  const ended = once(child, 'close')
  let said = ''
  let last = ''
  const kill = () => child.kill('SIGKILL')
  const stalled = setTimeout(() => {
    said = `it got no further for ${stallMs} ms`
    kill()
  }, stallMs)
  signal.addEventListener('abort', kill)
  child.stdin.end()
  createInterface(child.stdout).on('line', (line) => {
    if (isBeside.test(line) || line === last) return
    last = line
    stalled.refresh()
    onLine?.(line)
  })
  createInterface(child.stderr).on('line', (line) => {
    said = `${said}\n${line}`.slice(-wordsKept)
  })
  try {
    const [code] = await ended
    signal.throwIfAborted()
    if (code !== 0) throw new Error(`ffmpeg ended with ${code}: ${said}`)
  } finally {
    clearTimeout(stalled)
    signal.removeEventListener('abort', kill)
  }
}
