import type { Finding } from '../checks/finding.ts'
import { readModel } from '../docker/read-model.ts'
import { readSettings } from '../settings/env-file.ts'
import { byHand } from './by-hand.ts'
import { configs } from './configs.ts'
import type { Compared } from './drift-check.ts'
import { environment } from './environment.ts'
import { images } from './images.ts'
import { isOneOff, serviceOf } from './labels.ts'
import { missing } from './missing.ts'
import { networks } from './networks.ts'
import { ports } from './ports.ts'
import { readImages } from './read-images.ts'
import { readRunning } from './read-running.ts'
import { revisions } from './revisions.ts'

const checks = [missing, byHand, images, revisions, configs, environment, networks, ports]

async function compare(root: string): Promise<Compared> {
  const model = await readModel(root)
  const everything = await readRunning(root)
  const pairs = everything.flatMap((running) => {
    const service = serviceOf(running)
    const wanted = service === undefined ? undefined : model.services[service]
    return service === undefined || wanted === undefined || isOneOff(running) ? [] : [{ service, wanted, running }]
  })
  const named = Object.values(model.services).flatMap(({ image }) => (image === undefined ? [] : [image]))
  const images = await readImages(root, [...named, ...pairs.map(({ running }) => running.imageId)])
  return { root, settings: readSettings(root), model, everything, pairs, images }
}

/** Everything in which what runs is not what the compose file, .env and the commit say; none where all is as it should be. */
export async function findDrift(root: string): Promise<Finding[]> {
  const compared = await compare(root)
  return (await Promise.all(checks.map(async (check) => await check(compared)))).flat()
}
