const ciScale = 0.01

function readScale(text: string | undefined): number {
  const scale = text === undefined ? ciScale : Number(text)
  if (!(scale > 0 && scale <= 1)) throw new Error('TEST_SCALE must be above 0 and at most 1')
  return scale
}

/** How much of the stated counts this run takes: 1 is all, as `npm run test:full` does. */
export const testScale = readScale(process.env.TEST_SCALE)

/** Has Node translate WebAssembly once, and not a second time for speed: tests on the embedded database take a quarter less. */
export const hasty = '--liftoff-only'

const { PATH, NODE_COMPILE_CACHE, MALLOC_ARENA_MAX } = process.env

/** What a process has of this one beside its own settings: compiled sources, for one, without which it starts half as fast. */
export const surroundings: NodeJS.ProcessEnv = { PATH, NODE_COMPILE_CACHE, MALLOC_ARENA_MAX }
