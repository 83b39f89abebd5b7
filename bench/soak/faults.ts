import { parts, type Script } from '@secureconnect/test/chaos'
import type { Random } from '@secureconnect/test/helpers'

/** Clocks and floods refuse what is asked for long, a relay needs ports that others may have, and small disks somebody who may mount them. */
const leftOut = ['clocks', 'load', 'relay', 'full-disk']
const endingServices = ['video-service', 'upstreams', 'stopping']

export type Fault = { part: string; script: Script }

function shuffle<T>(items: readonly T[], { upTo }: Random): T[] {
  const left = [...items]
  return items.flatMap(() => left.splice(upTo(left.length), 1))
}

/** What is to go wrong, in an order by chance: what ends services, and all else. */
export function listFaults(random: Random): { ending: Fault[]; other: Fault[] } {
  const listed = parts
    .filter(({ name }) => !leftOut.includes(name))
    .flatMap(({ name, scripts }) => scripts.map((script): Fault => ({ part: name, script })))
  const { ending = [], other = [] } = Object.groupBy(shuffle(listed, random), ({ part }) =>
    endingServices.includes(part) ? 'ending' : 'other',
  )
  return { ending, other }
}
