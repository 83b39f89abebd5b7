import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const everyBytes = 24 * 1024 * 1024

/** The engine's collector, which it only gives to who asks at its start or by a flag. */
function findCollector(): (options: { type: 'minor' }) => void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  return typeof collect === 'function' ? (options) => collect(options) : () => undefined
}

/**
 * Has the memory of bytes that have passed collected, each time so many have. Every piece that arrives takes memory of
 * its own beside the heap, and V8 looks through the whole heap for it again and again, which was half of what an upload
 * cost; it is among the youngest, which are looked through within a millisecond.
 */
export function createYoungMemory(): { release(bytes: number): void } {
  const collect = findCollector()
  let passed = 0
  return {
    release(bytes) {
      passed += bytes
      if (passed < everyBytes) return
      passed = 0
      collect({ type: 'minor' })
    },
  }
}
