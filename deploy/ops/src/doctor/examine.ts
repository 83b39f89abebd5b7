import type { Finding } from '../checks/finding.ts'
import { runCheck } from '../checks/run-checks.ts'
import { readSettings } from '../settings/env-file.ts'
import { certificates } from './certificates.ts'
import { clock } from './clock.ts'
import { decisions } from './decisions.ts'
import type { DoctorCheck } from './doctor-check.ts'
import { engine } from './engine.ts'
import { kernel } from './kernel.ts'
import { mail } from './mail.ts'
import { names } from './names.ts'
import { ports } from './ports.ts'
import { push } from './push.ts'
import { reservedPorts } from './reserved-ports.ts'
import { resources } from './resources.ts'
import { secrets } from './secrets.ts'
import { socket } from './socket.ts'

/** What can be known before there are settings, and what cannot. */
const ofMachine: readonly DoctorCheck[] = [engine, resources, kernel, clock, decisions]
const ofInstallation: readonly DoctorCheck[] = [ports, reservedPorts, names, mail, push, secrets, certificates, socket]

/** Looks at the machine and the installation; what follows from a fault that is told already is not told again. */
export async function examine(root: string): Promise<Finding[]> {
  const examined = { root, settings: readSettings(root) }
  const findings = (await Promise.all(ofMachine.map((check) => runCheck(check, examined)))).flat()
  const isBroken = (check: DoctorCheck) =>
    findings.some(({ what, state }) => what.startsWith(check.name) && state === 'failed')
  const hasDecisions = !findings.some(
    ({ what, state }) => state === 'failed' && (what === '.env' || /^[A-Z_]+$/.test(what)),
  )
  const needEngine = [ports, reservedPorts]
  const useful = hasDecisions ? ofInstallation.filter((check) => !needEngine.includes(check) || !isBroken(engine)) : []
  return [...findings, ...(await Promise.all(useful.map((check) => runCheck(check, examined)))).flat()]
}
