import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { copyMode } from '../secrets/hand-out-secrets.ts'
import { writeWhole } from '../write-whole.ts'
import { authorityFiles } from './authority.ts'
import { runOpenssl } from './openssl.ts'

/** What browsers take at most of a certificate, though none of these need to. */
const certificateDays = 397

/** The common name takes 64 letters, names beside it any number: nobody reads it, so the service is named there. */
function describe(service: string, names: readonly string[]): string {
  const alternatives = names.map((name) => `${isIP(name) === 0 ? 'DNS' : 'IP'}:${name}`)
  return `[req]
distinguished_name = name
prompt = no
[name]
CN = ${service}
[component]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth,clientAuth
subjectAltName = ${alternatives.join(',')}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`
}

type Order = { service: string; uid: number; names: readonly string[] }

/** Makes a key and a certificate for one component, which it finds beside its secrets. */
export async function issueCertificate(secretsFolder: string, { service, uid, names }: Order): Promise<void> {
  const authority = authorityFiles(secretsFolder)
  const scratch = mkdtempSync(join(secretsFolder, 'tls', '.new-'))
  const at = (name: string) => join(scratch, name)
  try {
    writeFileSync(at('config'), describe(service, names))
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256']
    await runOpenssl(['req', '-new', ...kind, '-config', at('config'), '-keyout', at('key'), '-out', at('request')])
    const signer = ['-CA', authority.certificate, '-CAkey', authority.key, '-CAserial', at('serial'), '-CAcreateserial']
    const extensions = ['-extfile', at('config'), '-extensions', 'component']
    const life = ['-days', String(certificateDays), '-sha256']
    await runOpenssl([
      'x509',
      '-req',
      '-in',
      at('request'),
      ...signer,
      ...extensions,
      ...life,
      '-out',
      at('certificate'),
    ])
    const keeping = { mode: copyMode, uid }
    writeWhole(join(secretsFolder, service, 'tls_key.pem'), readFileSync(at('key'), 'utf8'), keeping)
    writeWhole(join(secretsFolder, service, 'tls_cert.pem'), readFileSync(at('certificate'), 'utf8'), keeping)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
