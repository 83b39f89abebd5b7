import { serviceNames, services } from '@secureconnect/protocol'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { type Finding, failed } from '../checks/finding.ts'
import { readRevision } from '../revision.ts'
import { ask } from '../verify/ask.ts'
import type { DriftCheck, Pair } from './drift-check.ts'
import { revisionOf } from './labels.ts'

const Version = Compile(Type.Object({ revision: Type.String() }))

/** What the process in a container says to be; one that does not answer is no matter of drift. */
async function askRevision({ service, running }: Pair): Promise<string | undefined> {
  const name = serviceNames.find((candidate) => candidate === service)
  const ending = name && `->${services[name].port}/tcp`
  const published = ending && running.ports.find((port) => port.endsWith(ending))
  if (!published) return undefined
  const answer = await ask(`http://${published.slice(0, -ending.length)}/version`).catch(() => undefined)
  return answer?.status === 200 ? Version.Parse(JSON.parse(answer.text)).revision : undefined
}

/** The revision of the sources, of .env, of the images and of the processes is one. */
export const revisions: DriftCheck = async ({ root, settings, pairs }) => {
  const wanted = settings.get('REVISION') ?? ''
  const sources = await readRevision(root)
  const findings: Finding[] = []
  if (sources !== 'unversioned' && sources !== wanted)
    findings.push(failed('sources', `are revision ${sources}, and what is to run is ${wanted}`, './ops up'))
  for (const { service, running } of pairs) {
    const isOurs = running.image.startsWith('secureconnect/')
    const labelled = revisionOf(running)
    if (isOurs && labelled !== wanted)
      findings.push(failed(`image of ${service}`, `is of revision ${labelled ?? 'none'}, not ${wanted}`, './ops up'))
  }
  for (const pair of pairs) {
    const told = await askRevision(pair)
    if (told !== undefined && told !== wanted)
      findings.push(failed(`service ${pair.service}`, `says to be revision ${told}, not ${wanted}`, './ops up'))
  }
  return findings
}
