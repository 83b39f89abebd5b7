import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { authorityFiles } from '../certificates/authority.ts'
import { listWanted } from '../certificates/ensure-certificates.ts'
import { daysLeft, findCertificateFault } from '../certificates/find-certificate-fault.ts'
import { failed, ok, warning } from '../checks/finding.ts'
import { placeOf } from '../place.ts'
import type { DoctorCheck } from './doctor-check.ts'

const makeAnew = 'Run ./ops init, then ./ops up.'
const replace = 'Put a good one with its chain and key into secrets/nginx, run ./ops init, then ./ops up.'

export const certificates: DoctorCheck = {
  name: 'certificates',
  run: async ({ root, settings }) => {
    const folder = join(root, 'secrets')
    if (process.getuid?.() !== 0)
      return [warning('certificates', 'only root may look at them', 'Run sudo ./ops doctor.')]
    const { certificate: authority } = authorityFiles(folder)
    if (!existsSync(authority)) return [failed('certificates', 'there is no authority yet', 'Run ./ops init.')]
    const wanted = listWanted(folder, placeOf(settings))
    const faults = wanted.flatMap((certificate) => {
      const fault = findCertificateFault(certificate)
      const what = `certificate of ${certificate.service}`
      if (fault === undefined) return []
      const fix = certificate.isForeign ? replace : makeAnew
      return [fault.startsWith('ends in') ? warning(what, fault, fix) : failed(what, fault, fix)]
    })
    if (faults.length > 0) return faults
    const days = wanted.map(({ certificate }) => daysLeft(new X509Certificate(readFileSync(certificate))))
    const ofAuthority = daysLeft(new X509Certificate(readFileSync(authority)))
    return [
      ok(
        'certificates',
        `${wanted.length}, good for ${Math.min(...days)} days or more; the authority for ${ofAuthority}`,
      ),
    ]
  },
}
