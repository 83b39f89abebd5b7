import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { compose, runDocker } from '../docker/run-docker.ts'

const Model = Compile(
  Type.Object({
    services: Type.Record(Type.String(), Type.Object({ image: Type.String(), build: Type.Optional(Type.Unknown()) })),
  }),
)

export type NamedImages = {
  /** What each service is started from, and whether that is built here. */
  services: readonly { service: string; image: string; isBuilt: boolean }[]
  /** What is built on. */
  bases: readonly string[]
}

const ownImages = 'secureconnect/'
const withoutDigest = (image: string) => image.replace(/@sha256:.*$/, '')

/** The images that the compose file names, of every profile, and those that the Dockerfile begins with. */
export async function listImages(root: string): Promise<NamedImages> {
  const words = compose('--profile', '*', 'config', '--format', 'json')
  const model = Model.Parse(JSON.parse(await runDocker(words, { root })))
  const dockerfile = join(root, 'deploy/Dockerfile')
  const text = existsSync(dockerfile) ? readFileSync(dockerfile, 'utf8') : ''
  return {
    services: Object.entries(model.services).map(([service, { image, build }]) => ({
      service,
      image: withoutDigest(image),
      isBuilt: build !== undefined,
    })),
    bases: [...text.matchAll(/^FROM (\S+:\S+) AS/gm)].map(([, image = '']) => image),
  }
}

/** Those that come from a registry. */
export function listForeign({ services, bases }: NamedImages): string[] {
  const started = services.map(({ image }) => image).filter((image) => !image.startsWith(ownImages))
  return [...new Set([...started, ...bases])].toSorted()
}
