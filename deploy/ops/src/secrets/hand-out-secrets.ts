import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { consumers, writeCopy } from '../consumers.ts'
import { writeWhole } from '../write-whole.ts'

export const copyMode = 0o400
export const copyFolderMode = 0o711

/** Gives the file to its reader alone; what it holds stays. */
export function keepTo(path: string, uid: number): void {
  const { uid: owner, mode } = statSync(path)
  if (owner !== uid) chownSync(path, uid, uid)
  if ((mode & 0o777) !== copyMode) chmodSync(path, copyMode)
}

function handOut(folder: string, { service, name, uid }: { service: string; name: string; uid: number }): void {
  const [master, copy] = [join(folder, name), join(folder, service, name)]
  if (!existsSync(master)) return rmSync(copy, { force: true })
  const content = writeCopy(service, name, readFileSync(master, 'utf8'))
  if (!existsSync(copy) || readFileSync(copy, 'utf8') !== content) writeWhole(copy, content, { mode: copyMode, uid })
  keepTo(copy, uid)
}

/** Gives every container a copy of each secret that it reads and that there is, in a folder of its own. */
export function handOutSecrets(folder: string): void {
  for (const [service, { uid, secrets }] of Object.entries(consumers)) {
    mkdirSync(join(folder, service), { recursive: true })
    chmodSync(join(folder, service), copyFolderMode)
    for (const name of secrets) handOut(folder, { service, name, uid })
  }
}
