import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { recordingUnavailable } from '../errors.ts'
import type { RecordingEvents } from '../events/recording-events.ts'
import type { RecordingConfig } from './recording-settings.ts'

const run = promisify(execFile)
const timeoutMs = 10_000

type Options = {
  config: Pick<RecordingConfig, 'ffmpeg'>
  events: Pick<RecordingEvents, 'recorderFound' | 'recorderMissing'>
}

/** Where the program is; a shell knows PATH, of which the program itself is told nothing. */
async function locate(given: string | undefined): Promise<string> {
  if (given !== undefined) return given
  const { stdout } = await run('/bin/sh', ['-c', 'command -v ffmpeg'], { timeout: timeoutMs })
  return stdout.trim()
}

async function find(given: string | undefined): Promise<{ path: string; version: string }> {
  const path = await locate(given).catch((cause: unknown) => {
    const wayOut = 'install it (on Debian: apt-get install ffmpeg), or name it by FFMPEG'
    throw new Error(`ffmpeg is not installed: ${wayOut}`, { cause })
  })
  const { stdout } = await run(path, ['-version'], { timeout: timeoutMs, env: {} }).catch((cause: unknown) => {
    throw new Error(`${path} does not run: name another one by FFMPEG`, { cause })
  })
  return { path, version: stdout.split('\n', 1)[0] ?? '' }
}

/** Ctrl-C reaches also what this process has started: that says nothing of the program. */
function isInterrupted(cause: unknown): boolean {
  return cause instanceof Error && 'signal' in cause && cause.signal !== null && 'killed' in cause && !cause.killed
}

/** The program that records, looked for once at the start; nobody waits for it but who wants to record. */
export class RecorderProgram {
  readonly #found: Promise<string>

  constructor({ config, events }: Options) {
    this.#found = find(config.ffmpeg).then(
      ({ path, version }) => {
        events.recorderFound(path, version)
        return path
      },
      (error: Error) => {
        if (!isInterrupted(error.cause)) events.recorderMissing(error)
        throw recordingUnavailable(error.message)
      },
    )
    this.#found.catch(() => undefined)
  }

  /** Where it is; refused where there is none. */
  getPath(): Promise<string> {
    return this.#found
  }

  /** Why there is none; undefined where there is one. */
  findFault(): Promise<Error | undefined> {
    return this.#found.then(
      () => undefined,
      (error: Error) => error,
    )
  }
}
