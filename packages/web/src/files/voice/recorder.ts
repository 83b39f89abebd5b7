import { signal } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import { toBars } from '../sound/waveform.ts'

/** Nobody listens to more, and it is ended before it is too large. */
const mostMs = Math.min(limits.voice.durationMs, 3_600_000)
const everyMs = 60
const types = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4']
/** Speech is quiet by its numbers: so much of it is drawn as full. */
const loud = 0.3

/** What was recorded, and how it is drawn. */
export type Recording = { bytes: Blob; durationMs: number; levels: readonly number[] }

/** Records a voice message; whoever makes one has to finish or close it, which gives the microphone back. */
export class Recorder {
  /** How loud it is now, from 0 to 1. */
  readonly level = signal(0)
  readonly elapsedMs = signal(0)
  readonly #stream: MediaStream
  readonly #recorder: MediaRecorder
  readonly #sound = new AudioContext()
  readonly #levels: number[] = []
  readonly #pieces: Blob[] = []
  readonly #timer: ReturnType<typeof setInterval>
  readonly #beganAt = performance.now()

  /** Asks for the microphone. `ended` is called where it ends by itself: unplugged, or after as long as it may last. */
  static async start(ended: () => void): Promise<Recorder> {
    const audio = { echoCancellation: true, noiseSuppression: true }
    return new Recorder(await navigator.mediaDevices.getUserMedia({ audio }), ended)
  }

  private constructor(stream: MediaStream, ended: () => void) {
    this.#stream = stream
    const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type))
    this.#recorder = new MediaRecorder(stream, {
      ...(mimeType !== undefined && { mimeType }),
      audioBitsPerSecond: 32_000,
    })
    this.#recorder.addEventListener('dataavailable', ({ data }) => this.#pieces.push(data))
    const analyser = this.#sound.createAnalyser()
    this.#sound.createMediaStreamSource(stream).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples)
      this.level.value = Math.min(
        1,
        Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length) / loud,
      )
      this.#levels.push(this.level.value)
      this.elapsedMs.value = performance.now() - this.#beganAt
      if (this.elapsedMs.value >= mostMs) ended()
    }, everyMs)
    for (const track of stream.getTracks()) track.addEventListener('ended', ended)
    // In pieces, so that what was recorded is there even where the end is not.
    this.#recorder.start(1_000)
  }

  /** Ends it and answers what was recorded. */
  async finish(): Promise<Recording> {
    if (this.#recorder.state !== 'inactive') {
      const stopped = new Promise((resolve) => this.#recorder.addEventListener('stop', resolve, { once: true }))
      this.#recorder.stop()
      await stopped
    }
    this.close()
    return this.recorded()
  }

  /** What there is so far. */
  recorded(): Recording {
    const [type = ''] = this.#recorder.mimeType.split(';', 1)
    const durationMs = Math.max(1, Math.round(performance.now() - this.#beganAt))
    return { bytes: new Blob(this.#pieces, { type }), durationMs, levels: toBars(this.#levels) }
  }

  close(): void {
    clearInterval(this.#timer)
    for (const track of this.#stream.getTracks()) track.stop()
    if (this.#sound.state !== 'closed') void this.#sound.close()
  }
}
