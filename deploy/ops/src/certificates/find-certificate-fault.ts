import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'

/** Renewed when a third of its life is left, as is usual: two thirds are time enough to notice that nobody does. */
const renewedAtShare = 1 / 3

export type Wanted = {
  key: string
  certificate: string
  authority: string
  names: readonly string[]
  isForeign?: boolean
}

const isFor = (certificate: X509Certificate, name: string) =>
  (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined

export function daysLeft(certificate: X509Certificate, now = Date.now()): number {
  return Math.floor((certificate.validToDate.getTime() - now) / 86_400_000)
}

function isNearExpiry({ validFromDate, validToDate }: X509Certificate, now: number): boolean {
  const [from, to] = [validFromDate.getTime(), validToDate.getTime()]
  return to - now < (to - from) * renewedAtShare
}

function read(path: string): X509Certificate | undefined {
  try {
    return new X509Certificate(readFileSync(path))
  } catch {
    return undefined
  }
}

function belongsTo(certificate: X509Certificate, keyPath: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(readFileSync(keyPath)))
  } catch {
    return false
  }
}

function isOf(authority: X509Certificate | undefined, certificate: X509Certificate): boolean {
  return authority !== undefined && certificate.verify(authority.publicKey)
}

/** Whether another authority signed it. */
export function isForeign({ certificate: path, authority }: Wanted): boolean {
  const certificate = existsSync(path) ? read(path) : undefined
  return certificate !== undefined && !isOf(read(authority), certificate)
}

/** Why a component needs another certificate; undefined when the one it has is good. */
export function findCertificateFault(wanted: Wanted, now = Date.now()): string | undefined {
  if (!existsSync(wanted.certificate) || !existsSync(wanted.key)) return 'is not there'
  const certificate = read(wanted.certificate)
  if (certificate === undefined) return 'cannot be read'
  if (!wanted.isForeign && !isOf(read(wanted.authority), certificate)) return 'was signed by another authority'
  if (!belongsTo(certificate, wanted.key)) return 'does not belong to its key'
  const missing = wanted.names.find((name) => !isFor(certificate, name))
  if (missing !== undefined) return `is not good for ${missing}`
  if (certificate.validToDate.getTime() < now) return `ended on ${certificate.validToDate.toISOString().slice(0, 10)}`
  if (isNearExpiry(certificate, now)) return `ends in ${daysLeft(certificate, now)} days`
  return undefined
}
