import { type Finding, failed } from '../checks/finding.ts'
import type { Compared, DriftCheck } from './drift-check.ts'
import { isOneOff, serviceOf } from './labels.ts'
import type { Running } from './read-running.ts'

const ownNames = /^secureconnect[_-]/

/** Why a container that compose did not start for this installation concerns it; nothing where it does not. */
function findClaim({ name, networks }: Running, { model }: Compared): string | undefined {
  const own = Object.values(model.networks ?? {}).map((network) => network.name)
  const shared = networks.filter((network) => own.includes(network))
  if (shared.length > 0) return `was run by hand on ${shared.join(', ')}`
  const isNamedLikeOurs = Object.values(model.services).some(({ container_name }) => container_name === name)
  return isNamedLikeOurs || ownNames.test(name) ? 'was run by hand under a name of ours' : undefined
}

function judge(running: Running, compared: Compared): Finding[] {
  const service = serviceOf(running)
  const because = (detail: string) => [
    failed(`container ${running.name}`, `${detail}, from ${running.image}`, `docker rm --force ${running.name}`),
  ]
  if (service === undefined) {
    const claim = findClaim(running, compared)
    return claim === undefined ? [] : because(claim)
  }
  if (isOneOff(running)) return because('was run beside its service (docker compose run)')
  if (!(service in compared.model.services)) return because('belongs to no service of the compose file')
  return []
}

/** Containers that no compose file asks for: on our networks, with our names, or more for a service than it has replicas. */
export const byHand: DriftCheck = (compared) => {
  const counts = Map.groupBy(compared.pairs, ({ service }) => service)
  const several = [...counts].filter(([, pairs]) => pairs.length > (pairs[0]?.wanted.deploy?.replicas ?? 1))
  return [
    ...compared.everything.flatMap((running) => judge(running, compared)),
    ...several.map(([service, pairs]) =>
      failed(
        `service ${service}`,
        `has ${pairs.length} containers: ${pairs.map(({ running }) => running.name).join(', ')}`,
        `docker rm --force those that are too many`,
      ),
    ),
  ]
}
