import { type Finding, failed } from '../checks/finding.ts'
import { type DriftCheck, makeAnew } from './drift-check.ts'
import { describePort } from './read-running.ts'

/** Ports published that the compose file does not publish, and the other way round. */
export const ports: DriftCheck = ({ pairs }) =>
  pairs.flatMap(({ service, wanted, running }): Finding[] => {
    const expected = (wanted.ports ?? []).flatMap(({ host_ip, published, target, protocol }) =>
      published === undefined ? [] : [describePort(host_ip, published, `${target}/${protocol}`)],
    )
    const more = running.ports.filter((port) => !expected.includes(port))
    const fewer = expected.filter((port) => !running.ports.includes(port))
    const told = [
      ...(more.length > 0 ? [`publish ${more.join(', ')} too`] : []),
      ...(fewer.length > 0 ? [`do not publish ${fewer.join(', ')}`] : []),
    ]
    return told.length === 0 ? [] : [failed(`ports of ${service}`, told.join('; '), makeAnew(service))]
  })
