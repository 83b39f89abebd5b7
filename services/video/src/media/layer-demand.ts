import type { types } from 'mediasoup'

/** How long nobody has needed a layer before its publisher is told: who looks away for a moment costs no key frame. */
const patienceMs = 2_000

type Known = { told: number; waiting: NodeJS.Timeout | undefined }

/** How many spatial layers a producer sends. */
export function countLayers({ type, rtpParameters: { encodings = [] } }: types.Producer): number {
  if (type === 'simulcast') return encodings.length
  const [, spatial] = /^[LS](\d)/.exec(encodings[0]?.scalabilityMode ?? '') ?? []
  return spatial === undefined ? 1 : Number(spatial)
}

/** Knows how many layers of each video anybody looks at, and tells when that is another number. */
export class LayerDemand {
  readonly #tell: (producer: types.Producer, layers: number) => void
  readonly #known = new WeakMap<types.Producer, Known>()

  constructor(tell: (producer: types.Producer, layers: number) => void) {
    this.#tell = tell
  }

  /** How many layers of a video its publisher was told that anybody needs. */
  countWanted(producer: types.Producer): number {
    return this.#known.get(producer)?.told ?? countLayers(producer)
  }

  /** Notes how many layers anybody looks at: more is told at once, less when it stays so for a while. */
  note(producer: types.Producer, needed: number): void {
    const known = this.#known.get(producer) ?? { told: countLayers(producer), waiting: undefined }
    this.#known.set(producer, known)
    clearTimeout(known.waiting)
    if (needed === known.told) return
    const tell = () => {
      if (producer.closed) return
      known.told = needed
      this.#tell(producer, needed)
    }
    if (needed > known.told) tell()
    else known.waiting = setTimeout(tell, patienceMs).unref()
  }
}
