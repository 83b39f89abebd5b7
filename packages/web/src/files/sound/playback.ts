import { signal } from '@preact/signals'

const speeds = [1, 1.5, 2]

/** What is heard now: it falls silent where something else begins. */
let heard: Playback | undefined

/** A sound that is fetched once somebody wants to hear it. `load` answers where it is, and anew where that led nowhere. */
export class Playback {
  readonly isPlaying = signal(false)
  readonly hasFailed = signal(false)
  readonly atMs = signal(0)
  /** 0 while it is not known. */
  readonly durationMs = signal(0)
  readonly speed = signal(1)
  readonly #audio = new Audio()
  readonly #load: (anew: boolean) => Promise<string>
  #isRenewed = false

  constructor({ load, durationMs = 0 }: { load: (anew: boolean) => Promise<string>; durationMs?: number }) {
    this.#load = load
    this.durationMs.value = durationMs
    const on = (type: keyof HTMLMediaElementEventMap, take: () => void) => this.#audio.addEventListener(type, take)
    on('play', () => (this.isPlaying.value = true))
    on('pause', () => (this.isPlaying.value = false))
    on('timeupdate', () => (this.atMs.value = this.#audio.currentTime * 1_000))
    on('ended', () => (this.atMs.value = 0))
    on('durationchange', () => {
      // What was recorded by a page does not say how long it is.
      if (durationMs === 0 && Number.isFinite(this.#audio.duration))
        this.durationMs.value = this.#audio.duration * 1_000
    })
    on('error', () => void this.#renew())
  }

  async toggle(): Promise<void> {
    if (this.isPlaying.value) return this.#audio.pause()
    this.hasFailed.value = false
    if (heard !== this) heard?.stop()
    heard = this
    try {
      if (this.#audio.src === '') this.#audio.src = await this.#load(false)
      this.#audio.playbackRate = this.speed.value
      await this.#audio.play()
    } catch {
      // Where the link was old it is tried by another; any other failure is told.
      if (!this.#audio.error) this.hasFailed.value = true
    }
  }

  seek(atMs: number): void {
    this.atMs.value = atMs
    this.#audio.currentTime = atMs / 1_000
  }

  nextSpeed(): void {
    this.speed.value = speeds[(speeds.indexOf(this.speed.value) + 1) % speeds.length] ?? 1
    this.#audio.playbackRate = this.speed.value
  }

  stop(): void {
    this.#audio.pause()
  }

  close(): void {
    this.stop()
    this.#audio.removeAttribute('src')
    if (heard === this) heard = undefined
  }

  /** A link lasts minutes: once its end was met, it goes on from there by another. */
  async #renew(): Promise<void> {
    if (!this.#audio.hasAttribute('src')) return
    const { currentTime } = this.#audio
    try {
      if (this.#isRenewed) throw new Error('Another link leads nowhere either.')
      this.#isRenewed = true
      this.#audio.src = await this.#load(true)
      this.#audio.currentTime = currentTime
      await this.#audio.play()
      this.#isRenewed = false
    } catch {
      this.hasFailed.value = true
      this.#audio.removeAttribute('src')
      this.#isRenewed = false
    }
  }
}
