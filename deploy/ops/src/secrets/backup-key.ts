import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../write-whole.ts'
import { masterMode } from './ensure-secrets.ts'

export const readBackupKey = (secretsFolder: string) => readFileSync(join(secretsFolder, 'backup_key'), 'utf8').trim()

const confirmation = (secretsFolder: string) => join(secretsFolder, '.backup_key_kept')
const fingerprint = (key: string) => createHash('sha256').update(key).digest('hex')

/** Whether the operator has said that this very key is kept elsewhere. */
export function isBackupKeyKept(secretsFolder: string): boolean {
  const path = confirmation(secretsFolder)
  return existsSync(path) && readFileSync(path, 'utf8') === fingerprint(readBackupKey(secretsFolder))
}

export function confirmBackupKey(secretsFolder: string): void {
  writeWhole(confirmation(secretsFolder), fingerprint(readBackupKey(secretsFolder)), { mode: masterMode })
}
