import type { Surroundings } from '../command.ts'
import { readSettings, replaceSetting } from '../settings/env-file.ts'
import { compose, showDocker } from './run-docker.ts'

/** Builds the images of what is checked out. Where that fails, .env goes on naming those that there are. */
export async function buildImages(
  revision: string,
  { root, signal }: Pick<Surroundings, 'root' | 'signal'>,
): Promise<void> {
  const before = readSettings(root).get('REVISION')
  replaceSetting(root, 'REVISION', revision)
  try {
    await showDocker(compose('build'), { root, signal })
  } catch (error) {
    if (before) replaceSetting(root, 'REVISION', before)
    throw error
  }
}
