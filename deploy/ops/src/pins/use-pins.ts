import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pinsFile } from '../docker/run-docker.ts'
import { writeWhole } from '../write-whole.ts'
import { readLock } from './image-lock.ts'
import { listImages } from './list-images.ts'

/**
 * Has every later call of compose take the pinned images, by an override beside the compose file, which itself names tags
 * alone; where nothing is pinned, there is none.
 */
export async function usePins(root: string): Promise<void> {
  const digests = readLock(root)
  const path = join(root, pinsFile)
  if (digests === undefined) return rmSync(path, { force: true })
  const { services, bases } = await listImages(root)
  const pinned = (image: string) => `${image}@${digests.get(image)}`
  const held = bases
    .filter((image) => digests.has(image))
    .map((image) => [image, `docker-image://${pinned(image)}`] as const)
  const built = { build: { additional_contexts: Object.fromEntries(held) } }
  const overrides = services
    .filter(({ image, isBuilt }) => isBuilt || digests.has(image))
    .map(({ service, image, isBuilt }) => [service, isBuilt ? built : { image: pinned(image) }] as const)
  mkdirSync(join(root, 'state'), { recursive: true })
  writeWhole(path, `${JSON.stringify({ services: Object.fromEntries(overrides) }, null, 2)}\n`, { mode: 0o644 })
}
