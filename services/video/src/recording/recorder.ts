import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { RecordingCut } from '@secureconnect/protocol'
import type { Tap } from '../media/tap.ts'
import { describeStream, type FileFormat } from './describe-stream.ts'
import { spawnLeashed } from './spawn-leashed.ts'

/** A recorder that does not listen by then has failed, and one that does not end by itself is ended. */
const listensWithinMs = 10_000
const endsWithinMs = 3_000
/** One that wrote nothing of what it was sent, so many looks in a row, hangs. */
const looks = { everyMs: 2_000, most: 4 }
/** What ffmpeg says as soon as its ports are open. */
const isListening = /jitter buffer/
const isFull = /no space left on device/i

type Options = {
  program: string
  path: string
  format: FileFormat
  tap: Pick<Tap, 'consumer' | 'ended' | 'countSent'>
  port: number
}

/** How a file ended, and whether the recorder closed it itself. */
export type RecorderEnd = { cut: RecordingCut; durationMs: number; isWhole: boolean; said: string }

/** Nothing is decoded and nothing waits: packets go into the file as they come, a second of them at a time. */
function listArguments({ path, format: { format, isUnmarked } }: Options): string[] {
  return [
    ...['-hide_banner', '-nostats', '-loglevel', 'verbose', '-progress', 'pipe:1', '-stats_period', '0.5'],
    ...['-protocol_whitelist', 'pipe,udp,rtp', '-fpsprobesize', '0', '-analyzeduration', '1000000'],
    ...['-f', 'sdp', '-i', 'pipe:0', '-map', '0', '-c', 'copy', ...(isUnmarked ? ['-copyinkf'] : [])],
    ...['-f', format, '-cluster_time_limit', '1000', '-flush_packets', '1', '-n', path],
  ]
}

/** One process that writes what comes from a tap into one file. */
export class Recorder {
  /** Starts one; resolves once it listens. */
  static async start(options: Options): Promise<Recorder> {
    const { program, tap, port } = options
    // It parses what strangers send: of this process it knows nothing but two ports and a file.
    const child = spawnLeashed([program, ...listArguments(options)])
    const recorder = new Recorder(child, tap)
    const { kind, rtpParameters } = tap.consumer
    child.stdin.end(describeStream({ kind, rtpParameters, port }))
    const late = AbortSignal.timeout(listensWithinMs)
    late.addEventListener('abort', () => recorder.#isReady || child.kill('SIGKILL'))
    await Promise.race([recorder.#listening.promise, recorder.ended])
    recorder.#isReady = true
    return recorder
  }

  readonly pid: number | undefined
  readonly ended: Promise<RecorderEnd>
  readonly #child: ChildProcessWithoutNullStreams
  readonly #tap: Options['tap']
  readonly #listening = Promise.withResolvers<void>()
  #isReady = false
  #durationMs = 0
  #seen = { packets: 0, ms: 0, idle: 0 }
  #cut: RecordingCut | undefined
  #said = ''

  private constructor(child: ChildProcessWithoutNullStreams, tap: Options['tap']) {
    this.#child = child
    this.#tap = tap
    this.pid = child.pid
    createInterface(child.stdout).on('line', (line) => this.#noteProgress(line))
    createInterface(child.stderr).on('line', (line) => this.#noteWords(line))
    this.ended = this.#watch()
    void tap.ended.then((cut) => this.stop(cut))
  }

  /** Has it close its file; resolves once it has. */
  async stop(cut: RecordingCut): Promise<RecorderEnd> {
    this.#cut ??= cut
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), endsWithinMs)
    this.#child.kill('SIGTERM')
    return this.ended.finally(() => clearTimeout(kill))
  }

  async #watch(): Promise<RecorderEnd> {
    const looking = setInterval(() => this.#look().catch(() => undefined), looks.everyMs)
    const signal = await once(this.#child, 'close').then(
      ([, by]) => by,
      () => 'never ran',
    )
    clearInterval(looking)
    const died: RecordingCut = isFull.test(this.#said) ? 'no_room' : 'recorder_died'
    const isWhole = this.#cut !== undefined && signal === null
    return { cut: this.#cut ?? died, durationMs: this.#durationMs, isWhole, said: this.#said }
  }

  /** Ends it where it lives and does nothing, so that another one takes over. */
  async #look(): Promise<void> {
    const { packets, ms, idle } = this.#seen
    const sent = await this.#tap.countSent()
    const isIdle = sent > packets && this.#durationMs === ms
    this.#seen = { packets: sent, ms: this.#durationMs, idle: isIdle ? idle + 1 : 0 }
    if (this.#seen.idle < looks.most) return
    this.#noteWords(`it wrote nothing for ${looks.most * looks.everyMs} ms`)
    this.#child.kill('SIGKILL')
  }

  #noteProgress(line: string): void {
    const [, microseconds] = /^out_time_us=(\d+)$/.exec(line) ?? []
    if (microseconds !== undefined) this.#durationMs = Math.round(Number(microseconds) / 1_000)
  }

  /** Its last words say why it died. */
  #noteWords(line: string): void {
    if (isListening.test(line)) this.#listening.resolve()
    this.#said = `${this.#said}\n${line}`.slice(-500)
  }
}
