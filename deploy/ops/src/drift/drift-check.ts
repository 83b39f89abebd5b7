import type { Finding } from '../checks/finding.ts'
import type { Model, ModelService } from '../docker/read-model.ts'
import type { Image } from './read-images.ts'
import type { Running } from './read-running.ts'

/** A container beside the service of the compose file that it is there for. */
export type Pair = { service: string; wanted: ModelService; running: Running }

/** What is compared: the compose file as docker reads it, and what the engine has. */
export type Compared = {
  root: string
  settings: ReadonlyMap<string, string>
  model: Model
  everything: readonly Running[]
  pairs: readonly Pair[]
  images: ReadonlyMap<string, Image>
}

export type DriftCheck = (compared: Compared) => Promise<readonly Finding[]> | readonly Finding[]

/** Makes a container anew from the compose file, whatever was done to it by hand. */
export const makeAnew = (service: string): string =>
  `docker compose up -d --no-deps --no-build --force-recreate ${service}`
