import { type Finding, failed } from '../checks/finding.ts'
import { type DriftCheck, makeAnew } from './drift-check.ts'

/** Containers on a network more, or on one fewer, than the compose file says. */
export const networks: DriftCheck = ({ model, pairs }) =>
  pairs.flatMap(({ service, wanted, running }): Finding[] => {
    const mode = wanted.network_mode
    // It has no network of its own, but lives on that of another container.
    if (mode?.startsWith('service:')) return []
    const names = Object.keys(wanted.networks ?? {}).map((name) => model.networks?.[name]?.name ?? name)
    const expected = mode === undefined ? names : [mode]
    const what = `networks of ${service}`
    return [
      ...running.networks
        .filter((name) => !expected.includes(name))
        .map((name) => failed(what, `has ${name} too`, `docker network disconnect ${name} ${running.name}`)),
      ...expected
        .filter((name) => !running.networks.includes(name))
        .map((name) => failed(what, `lacks ${name}`, makeAnew(service))),
    ]
  })
