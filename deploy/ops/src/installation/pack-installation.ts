import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { consumers } from '../consumers.ts'
import { copyMode, keepTo } from '../secrets/hand-out-secrets.ts'
import { writeWhole } from '../write-whole.ts'
import { readInstallationFiles } from './installation-files.ts'

const reader = 'backup'

/** Gives the backup a copy of .env and secrets/, which nobody else may read; one that is as it should be stays. */
export function packInstallation(root: string): void {
  const path = join(root, 'secrets', reader, 'installation.json')
  const { uid = 0 } = consumers[reader] ?? {}
  const content = `${JSON.stringify(readInstallationFiles(root))}\n`
  if (!existsSync(path) || readFileSync(path, 'utf8') !== content) writeWhole(path, content, { mode: copyMode, uid })
  keepTo(path, uid)
}
