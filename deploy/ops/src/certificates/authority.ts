import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../write-whole.ts'
import { runOpenssl } from './openssl.ts'

/** Long enough that nobody has to give every container a new authority in the life of a server. */
const authorityDays = 3_650

export const authorityFiles = (secretsFolder: string) => ({
  key: join(secretsFolder, 'tls', 'ca_key.pem'),
  certificate: join(secretsFolder, 'tls', 'ca.pem'),
})

const request = `[req]
distinguished_name = name
x509_extensions = authority
prompt = no
[name]
CN = SecureConnect installation
[authority]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
`

/** Makes the installation's own authority unless it is there, and answers whether it did. Its key leaves the folder never. */
export async function ensureAuthority(secretsFolder: string): Promise<boolean> {
  const { key, certificate } = authorityFiles(secretsFolder)
  if (existsSync(key) && existsSync(certificate)) return false
  const folder = join(secretsFolder, 'tls')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const scratch = mkdtempSync(join(folder, '.new-'))
  try {
    const [newKey, newCertificate, config] = [
      join(scratch, 'key'),
      join(scratch, 'certificate'),
      join(scratch, 'config'),
    ]
    writeFileSync(config, request)
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256']
    const life = ['-x509', '-days', String(authorityDays)]
    await runOpenssl(['req', ...life, ...kind, '-config', config, '-keyout', newKey, '-out', newCertificate])
    // The key first: a certificate without its key would be taken for a whole authority by whoever verifies.
    writeWhole(key, readFileSync(newKey, 'utf8'), { mode: 0o600 })
    writeWhole(certificate, readFileSync(newCertificate, 'utf8'), { mode: 0o644 })
    return true
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
