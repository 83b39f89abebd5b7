import { failed } from '../checks/finding.ts'
import { type DriftCheck, makeAnew } from './drift-check.ts'

/** Compose writes a dollar twice where it is one. */
const plain = (value: string) => value.replaceAll('$$', '$')

/** Names of the environment that were added, are missing or have another value, which is never told. */
export const environment: DriftCheck = ({ pairs, images }) =>
  pairs.flatMap(({ service, wanted, running }) => {
    const ofImage = images.get(running.imageId)
    if (ofImage === undefined) return []
    const expected = new Map(ofImage.environment)
    for (const [name, value] of Object.entries(wanted.environment ?? {})) expected.set(name, plain(value ?? ''))
    const added = [...running.environment.keys()].filter((name) => !expected.has(name))
    const lacking = [...expected.keys()].filter((name) => !running.environment.has(name))
    const other = [...expected].flatMap(([name, value]) =>
      running.environment.has(name) && running.environment.get(name) !== value ? [name] : [],
    )
    const told = [
      ...(added.length > 0 ? [`has ${added.join(', ')} beside what it is given`] : []),
      ...(lacking.length > 0 ? [`lacks ${lacking.join(', ')}`] : []),
      ...(other.length > 0 ? [`has another ${other.join(', ')}`] : []),
    ]
    return told.length === 0 ? [] : [failed(`environment of ${service}`, told.join('; '), makeAnew(service))]
  })
