import { randomUUID } from 'node:crypto'

let lastMs = 0
let counter = 0

/**
 * A new id for a row: a version 7 UUID. Those of one process sort in the order they were made, also within a
 * millisecond, so that rows lie in an index as they came.
 */
export function newId(): string {
  const nowMs = Date.now()
  counter = nowMs > lastMs ? 0 : counter + 1
  if (counter > 0xfff) {
    counter = 0
    lastMs++
  }
  lastMs = Math.max(nowMs, lastMs)
  const time = lastMs.toString(16).padStart(12, '0')
  // The last 64 bits of a version 4 UUID are the variant and random bits, as version 7 has them.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${randomUUID().slice(19)}`
}
