import { nameOf, type Place, readPlace, type TextOf } from './text-places.ts'

/** What a device keeps of what it read; where there is more, the oldest goes. */
export type Bounds = { texts: number; bytes: number; now?: () => number }
export type Written = Map<string, Uint8Array | undefined>

/** Which texts are kept, in the order in which they were read. What has to be written for a change goes into `changes`. */
export class TextIndex {
  readonly #places: Map<string, Place>
  readonly #bounds: Required<Bounds>
  #size: number

  constructor(names: readonly string[], { now = Date.now, ...bounds }: Bounds) {
    this.#bounds = { ...bounds, now }
    const places = names.toSorted().map(readPlace)
    this.#places = new Map(places.map((place) => [place.key, place]))
    this.#size = places.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  get = (key: string): Place | undefined => this.#places.get(key)

  isGone = (place: Place): boolean => place.bytes === 0 || this.#hasExpired(place)

  listHere = (): Place[] => [...this.#places.values()].filter((place) => !this.isGone(place))

  add(key: string, { bytes, of }: { bytes: number; of: TextOf }, changes: Written): void {
    this.put({ ...of, at: this.#bounds.now(), bytes, key }, changes)
    this.#dropOldest(changes)
  }

  put(place: Place, changes: Written): void {
    const before = this.#places.get(place.key)
    if (before) changes.set(nameOf(before), undefined)
    this.#size += place.bytes - (before?.bytes ?? 0)
    this.#places.set(place.key, place)
    changes.set(nameOf(place), new Uint8Array())
  }

  remove(place: Place, changes: Written): void {
    this.#places.delete(place.key)
    this.#size -= place.bytes
    for (const name of [place.key, nameOf(place)]) changes.set(name, undefined)
  }

  /** Has texts go whose messages have. Their places stay, so that no backup brings them back. */
  empty(isOver: (place: Place) => boolean, changes: Written): void {
    for (const place of [...this.#places.values()].filter((one) => one.bytes > 0 && isOver(one))) {
      changes.set(place.key, undefined)
      this.put({ ...place, bytes: 0 }, changes)
    }
  }

  emptyExpired(changes: Written): void {
    this.empty((place) => this.#hasExpired(place), changes)
  }

  /** Takes in texts that were read elsewhere, but for those that are here or are gone. */
  restore(read: readonly (readonly [Place, Uint8Array])[], changes: Written): void {
    for (const [place, text] of read) {
      if (this.#places.has(place.key) || this.#hasExpired(place)) continue
      changes.set(place.key, text)
      this.put({ ...place, bytes: text.length }, changes)
    }
    const inOrder = [...this.#places].toSorted(([, one], [, other]) => one.at - other.at)
    this.#places.clear()
    for (const [key, place] of inOrder) this.#places.set(key, place)
    this.#dropOldest(changes)
  }

  #hasExpired = ({ until }: TextOf): boolean => until > 0 && until <= this.#bounds.now()

  #dropOldest(changes: Written): void {
    for (const place of this.#places.values()) {
      if (this.#places.size <= this.#bounds.texts && this.#size <= this.#bounds.bytes) return
      this.remove(place, changes)
    }
  }
}
