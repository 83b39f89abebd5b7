import { runLeashed } from '../recording/run-leashed.ts'
import { assertDecodes } from './assert-decodes.ts'
import { describeScene } from './describe-scene.ts'
import type { Scene, Source } from './list-scenes.ts'

/** From a picture far back to the first of a scene nothing seems to move. */
const stallMs = 120_000

type Making = {
  program: string
  threads: number
  /** Where the files are, and the scenes come to. */
  folder: string
  signal: AbortSignal
  /** Hears of a file that is left out of a scene, for nothing of it can be decoded there. */
  onUnreadable: (error: unknown) => void
}

type MadeScene = { name: string; lengthMs: number }

async function makeScene({ program, threads, folder: cwd, signal }: Making, scene: Scene, path: string): Promise<void> {
  const args = describeScene({ scene, pathOf: ({ id }) => id, threads, path })
  await runLeashed([program, ...args], { cwd, signal, stallMs })
}

/** The files of a scene of which something can be decoded from where it begins. */
async function listDecoded(making: Making, { fromMs, sources }: Scene): Promise<Source[]> {
  const { program, folder: cwd, signal, onUnreadable } = making
  const decoded: Source[] = []
  for (const source of sources) {
    const { id: path, kind } = source
    try {
      await assertDecodes({ program, path, kind, skipMs: Math.max(0, fromMs - source.fromMs), cwd, signal })
      decoded.push(source)
    } catch (error) {
      signal.throwIfAborted()
      onUnreadable(error)
    }
  }
  return decoded
}

/** Makes one scene after the other; nobody keeps the others from it by what he sent. */
export async function makeScenes(making: Making, scenes: readonly Scene[]): Promise<MadeScene[]> {
  const made: MadeScene[] = []
  for (const [index, scene] of scenes.entries()) {
    const name = `scene-${index}.mkv`
    try {
      await makeScene(making, scene, name)
    } catch (error) {
      making.signal.throwIfAborted()
      const sources = await listDecoded(making, scene)
      if (sources.length === scene.sources.length) throw error
      await makeScene(making, { ...scene, sources }, name)
    }
    made.push({ name, lengthMs: scene.toMs - scene.fromMs })
  }
  return made
}
