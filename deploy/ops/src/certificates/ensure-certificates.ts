import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { consumers, type Place } from '../consumers.ts'
import { copyMode, keepTo } from '../secrets/hand-out-secrets.ts'
import { writeWhole } from '../write-whole.ts'
import { authorityFiles, ensureAuthority } from './authority.ts'
import { findCertificateFault, isForeign, type Wanted } from './find-certificate-fault.ts'
import { issueCertificate } from './issue-certificate.ts'

/** The files of a component's certificate and what they should hold. */
export function listWanted(secretsFolder: string, place: Place): (Wanted & { service: string; uid: number })[] {
  const { certificate: authority } = authorityFiles(secretsFolder)
  return Object.entries(consumers).flatMap(([service, { uid, certificateNames, isForBrowsers }]) => {
    if (certificateNames === undefined) return []
    const at = (name: string) => join(secretsFolder, service, name)
    const files = { key: at('tls_key.pem'), certificate: at('tls_cert.pem'), authority }
    const wanted = { ...files, names: certificateNames(place), service, uid }
    if (!isForBrowsers || !isForeign(wanted)) return [wanted]
    const { domain, filesDomain } = place
    return [{ ...wanted, names: [domain, filesDomain], isForeign: true }]
  })
}

function handOutAuthority(secretsFolder: string): void {
  const content = readFileSync(authorityFiles(secretsFolder).certificate, 'utf8')
  for (const [service, { uid, trustsAuthority }] of Object.entries(consumers)) {
    const copy = join(secretsFolder, service, 'tls_ca.pem')
    if (!trustsAuthority) continue
    if (!existsSync(copy) || readFileSync(copy, 'utf8') !== content) writeWhole(copy, content, { mode: copyMode, uid })
    keepTo(copy, uid)
  }
}

/** Makes the certificates that are missing, wrong or near their end, and answers with their services. */
export async function ensureCertificates(secretsFolder: string, place: Place): Promise<string[]> {
  await ensureAuthority(secretsFolder)
  handOutAuthority(secretsFolder)
  const issued: string[] = []
  for (const wanted of listWanted(secretsFolder, place)) {
    if (wanted.isForeign || findCertificateFault(wanted) === undefined) {
      for (const path of [wanted.key, wanted.certificate]) keepTo(path, wanted.uid)
      continue
    }
    await issueCertificate(secretsFolder, wanted)
    issued.push(wanted.service)
  }
  return issued
}
