import { type Bytes, type CipherKey, concatBytes } from '../bytes.ts'
import { cipherOf, readTrailer, trailerBytes } from './frame-format.ts'
import { ReplayWindow } from './replay-window.ts'

/** Why frames were not shown: their key is not there yet or is gone, they were changed on their way, or came before. */
export type Dropped = { unknownKey: number; tampered: number; replayed: number }

/** One of the sender's keys, and by source which frames of it came. */
type Opening = { key: CipherKey; seen: Map<string, ReplayWindow> }

/** For a moment frames of the key before are still on their way. */
const keysOfSender = 3

/** Opens what one person sends; what cannot be opened is dropped and counted, and the others go on. */
export class FrameOpener {
  readonly dropped: Dropped = { unknownKey: 0, tampered: 0, replayed: 0 }
  readonly #openings = new Map<number, Opening>()

  add(generation: number, key: CipherKey): void {
    if (this.#openings.has(generation)) return
    this.#openings.set(generation, { key, seen: new Map() })
    const former = [...this.#openings.keys()].sort((a, b) => b - a).slice(keysOfSender)
    for (const one of former) this.#openings.delete(one)
  }

  /** The frame as it was sent; undefined where it is not to be shown. */
  async open(frame: Bytes, source: string): Promise<Bytes | undefined> {
    const trailer = readTrailer(frame)
    if (!trailer) return this.#drop('tampered')
    const opening = this.#openings.get(trailer.generation)
    if (!opening) return this.#drop('unknownKey')
    const end = frame.length - trailerBytes
    const clear = frame.subarray(0, trailer.clear)
    const cipher = cipherOf(frame.subarray(end), { clear, source })
    const sealed = frame.subarray(trailer.clear, end)
    const opened = await crypto.subtle.decrypt(cipher, opening.key, sealed).catch(() => undefined)
    if (!opened) return this.#drop('tampered')
    if (!windowOf(opening, source).take(trailer.counter)) return this.#drop('replayed')
    return concatBytes([clear, new Uint8Array(opened)])
  }

  #drop(reason: keyof Dropped): undefined {
    this.dropped[reason] += 1
    return undefined
  }
}

function windowOf({ seen }: Opening, source: string): ReplayWindow {
  const window = seen.get(source) ?? new ReplayWindow()
  seen.set(source, window)
  return window
}
