import { type Bytes, type CipherKey, concatBytes } from '../bytes.ts'
import { clearBytes, type FrameKind } from './clear-bytes.ts'
import { cipherOf, writeTrailer } from './frame-format.ts'

/** What is sent: of which source, and what kind of frame. */
type Outgoing = { source: string; kind: FrameKind }

/** Numbers have 48 bits: a thousand frames a second for nine thousand years. */
const mostFrames = 2 ** 48

/** Seals what one person sends; as long as there is no key, nothing goes out. */
export class FrameSealer {
  #sealing: { generation: number; key: CipherKey; next: number } | undefined

  /** Seals with this key from now on. One that was in use before is refused: its numbers would serve twice. */
  use(generation: number, key: CipherKey): void {
    if (this.#sealing && generation <= this.#sealing.generation) throw new Error('A later key is in use already.')
    this.#sealing = { generation, key, next: 0 }
  }

  /** A frame as it is sent; undefined where it may not be. */
  async seal(frame: Bytes, { source, kind }: Outgoing): Promise<Bytes | undefined> {
    const sealing = this.#sealing
    if (!sealing || sealing.next >= mostFrames) return undefined
    const { generation, key } = sealing
    // Taken before anything is waited for, so that no two frames, of whatever source, have the same.
    const counter = sealing.next++
    const clear = frame.subarray(0, clearBytes[kind])
    const trailer = writeTrailer({ generation, counter, clear: clear.length })
    const cipher = cipherOf(trailer, { clear, source })
    const sealed = await crypto.subtle.encrypt(cipher, key, frame.subarray(clear.length))
    return concatBytes([clear, new Uint8Array(sealed), trailer])
  }
}
