import { failed } from '../checks/finding.ts'
import type { DriftCheck } from './drift-check.ts'

/** Containers made from another image than the compose file names, or than its tag leads to now. */
export const images: DriftCheck = ({ pairs, images: known }) =>
  pairs.flatMap(({ service, wanted, running }) => {
    const what = `image of ${service}`
    if (wanted.image === undefined) return []
    if (running.image !== wanted.image) return [failed(what, `is ${running.image}, not ${wanted.image}`, './ops up')]
    const now = known.get(wanted.image)
    if (now === undefined || now.id === running.imageId) return []
    return [failed(what, `is an older one of ${wanted.image}, a tag that leads to another now`, './ops up --no-build')]
  })
