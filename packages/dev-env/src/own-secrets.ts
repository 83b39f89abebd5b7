import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateSigningKeys } from '@secureconnect/auth-service'

const createKey = () => randomBytes(32).toString('base64url')

/** The secrets that the embedded system needs, and how each is made. */
const makers: Readonly<Record<string, () => string>> = {
  jwt_secret: createKey,
  jwt_signing_keys: generateSigningKeys,
  refresh_key: createKey,
  password_pepper: createKey,
}

/** Makes the secrets that are not there yet, readable by nobody else, and returns their folder. */
export function ensureSecrets(dataFolder: string): string {
  const folder = join(dataFolder, 'secrets')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const [name, make] of Object.entries(makers)) {
    const path = join(folder, name)
    if (existsSync(path)) continue
    // Written aside and renamed, so that a crash leaves either no secret or a whole one.
    writeFileSync(`${path}.partial`, make(), { mode: 0o600, flush: true })
    renameSync(`${path}.partial`, path)
  }
  return folder
}
