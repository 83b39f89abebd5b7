import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/**
 * What a shell runs for a program: last of all that want a core, and no longer than somebody holds the other end of the
 * shell's input. That ends also with a process that is killed.
 */
const leash = [
  'exec 3<&0',
  'nice -n 19 "$@" </dev/null 3<&- & job=$!',
  '{ read -r _ <&3; kill -9 $job; } >/dev/null 2>&1 & watch=$!',
  'wait $job; code=$?; kill $watch; exit $code',
].join('\n')
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

/** Runs ffmpeg to its end, at a low priority and without knowing anything of this process. */
export async function runLeashed(command: readonly string[], options: Options): Promise<void> {
  const { cwd, signal, stallMs, onLine } = options
  signal.throwIfAborted()
  const child = spawn('/bin/sh', ['-c', leash, 'sh', ...command], { cwd, stdio: 'pipe', env: {} })
  const ended = once(child, 'close')
  let said = ''
  let last = ''
  const letGo = () => child.stdin.destroy()
  const stalled = setTimeout(() => {
    said = `it got no further for ${stallMs} ms`
    letGo()
  }, stallMs)
  signal.addEventListener('abort', letGo)
  child.stdin.on('error', () => undefined)
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
    signal.removeEventListener('abort', letGo)
    letGo()
  }
}
