import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { authorityFiles } from '../certificates/authority.ts'
import type { Finding } from '../checks/finding.ts'
import { reportFindings } from '../checks/report-findings.ts'
import { runCheck } from '../checks/run-checks.ts'
import type { Command } from '../command.ts'
import { Fault, UsageFault } from '../fault.ts'
import { placeOf } from '../place.ts'
import { readSettings } from '../settings/env-file.ts'
import { containers } from '../verify/containers.ts'
import { defaults } from '../verify/defaults.ts'
import { edge } from '../verify/edge.ts'
import { journey } from '../verify/journey.ts'
import { logs } from '../verify/logs.ts'
import { observability } from '../verify/observability.ts'
import { reachAt } from '../verify/reach-at.ts'
import { relay } from '../verify/relay.ts'
import { services } from '../verify/services.ts'
import { traces } from '../verify/traces.ts'

const checks = [containers, services, edge, relay, observability, defaults, journey, logs, traces] as const

/** Until there are certificates that browsers know, those of the installation's own authority count here. */
function trustOwnAuthority(root: string): void {
  try {
    const own = readFileSync(authorityFiles(join(root, 'secrets')).certificate, 'utf8')
    setDefaultCACertificates([...getCACertificates('default'), own])
  } catch (error) {
    throw new Fault('The authority of this installation cannot be read.', 'Run ./ops init first, and this as root.', {
      cause: error,
    })
  }
}

export const verify: Command = {
  name: 'verify',
  summary: 'proves that the running system does what it is for',
  help: `Looks at every container, every service's health, readiness, metrics and revision, the way in by HTTPS, the relay, scrape targets
and rules, and that default passwords and connections in the clear are refused. Then two people sign up, talk, share a file and
call each other, as far as that goes without a browser, and are erased again. A request to each service is looked for in the logs and, with the profile tracing, in Tempo.
Their welcome mails go to verify.invalid, which does not exist.

  ./ops verify
  ./ops verify --address 127.0.0.1   reach the domains there, while the DNS does not lead here yet
  ./ops verify --json                {ok, findings: [{what, state, detail, fix}]}`,
  options: { json: { type: 'boolean' }, address: { type: 'string' } },
  run: async ({ values }, { root, output }) => {
    const settings = readSettings(root)
    const place = placeOf(settings)
    trustOwnAuthority(root)
    const { address } = values
    if (typeof address === 'string') {
      if (isIP(address) === 0)
        throw new UsageFault(`--address must be an IP address, not "${address}".`, 'Say it again.')
      reachAt([place.domain, place.filesDomain], address)
    }
    const findings: Finding[] = []
    for (const check of checks) {
      output.tell(`Looking at ${check.name} …`)
      findings.push(...(await runCheck(check, { root, place, settings })))
    }
    return reportFindings(findings, { output, isJson: values.json === true })
  },
}
