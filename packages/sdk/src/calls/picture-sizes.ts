import { limits } from '@secureconnect/protocol/constants'
import type { AskRoom } from './frames.ts'

/** In pixels of the screen; 0 where nobody can see it. */
export type PictureSize = { readonly width: number; readonly height: number }

type Known = { size: PictureSize; told: PictureSize | undefined }
type Outlets = { ask: AskRoom; fault: (error: unknown) => void }

/** Layouts change in many steps, and the server need not hear of each. */
const togetherMs = 100

const isSame = (one: PictureSize, other: PictureSize | undefined) =>
  one.width === other?.width && one.height === other.height
const toPixels = (length: number) => Math.min(limits.picturePixels, Math.ceil(length))

/** Tells the server how large the pictures of a call are shown, so that it sends as much of each as that needs. */
export class PictureSizes {
  readonly #outlets: Outlets
  readonly #known = new Map<string, Known>()
  #telling: ReturnType<typeof setTimeout> | undefined

  constructor(outlets: Outlets) {
    this.#outlets = outlets
  }

  note(consumerId: string, { width, height }: PictureSize): void {
    const size = { width: toPixels(width), height: toPixels(height) }
    this.#known.set(consumerId, { size, told: this.#known.get(consumerId)?.told })
    this.#telling ??= setTimeout(() => void this.#tellAll(), togetherMs)
  }

  /** Notes that a stream is there no more. */
  forget(consumerId: string): void {
    this.#known.delete(consumerId)
  }

  close(): void {
    clearTimeout(this.#telling)
    this.#known.clear()
  }

  async #tellAll(): Promise<void> {
    try {
      for (let next = this.#takeNext(); next; next = this.#takeNext()) {
        const [{ width, height }, consumer_ids] = next
        await this.#outlets.ask('consumer.show', { consumer_ids, width, height })
      }
    } catch (error) {
      this.#outlets.fault(error)
    } finally {
      this.#telling = undefined
    }
  }

  /** One of the sizes that are still to be told, and the pictures that have it. */
  #takeNext(): [PictureSize, string[]] | undefined {
    const news = [...this.#known].filter(([, { size, told }]) => !isSame(size, told))
    const size = news[0]?.[1].size
    if (!size) return undefined
    const alike = news.filter(([, known]) => isSame(known.size, size)).slice(0, limits.consumersPerFrame)
    for (const [, known] of alike) known.told = size
    return [size, alike.map(([consumerId]) => consumerId)]
  }
}
