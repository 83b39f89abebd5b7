import { failed } from '../checks/finding.ts'
import type { DriftCheck } from './drift-check.ts'
import { folderOf } from './labels.ts'

/** Services that have no container or one that does not run, and containers that another clone started. */
export const missing: DriftCheck = ({ root, model, pairs }) => [
  ...Object.keys(model.services)
    .filter((service) => !pairs.some((pair) => pair.service === service))
    .map((service) => failed(`service ${service}`, 'has no container', './ops up')),
  ...pairs.flatMap(({ service, wanted, running }) => {
    const isStopped = wanted.restart === 'always' && running.status !== 'running'
    const folder = folderOf(running)
    return [
      ...(isStopped ? [failed(`service ${service}`, `is ${running.status} and should run`, './ops up')] : []),
      ...(folder !== undefined && folder !== root
        ? [failed(`container ${running.name}`, `was started from ${folder}`, `Run ops there, or ./ops up here.`)]
        : []),
    ]
  }),
]
