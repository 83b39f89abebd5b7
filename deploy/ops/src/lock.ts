import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Fault } from './fault.ts'

const sqliteBusy = 5

/** What nobody else may do meanwhile: change the installation at all, or upgrade it, which changes it step by step. */
const lockFiles = { change: '.lock', upgrade: '.upgrade-lock' } as const

/**
 * Keeps a second `ops` from changing the same installation meanwhile. Node cannot lock a file, but SQLite can: it is the
 * system's own lock, which ends with the process however that ends, so that none is ever left behind.
 */
export function lockInstallation(root: string, against: keyof typeof lockFiles = 'change'): Disposable {
  const folder = join(root, 'secrets')
  mkdirSync(folder, { recursive: true, mode: 0o711 })
  let lock: DatabaseSync | undefined
  try {
    const held = new DatabaseSync(join(folder, lockFiles[against]))
    lock = held
    held.exec('pragma journal_mode = memory; begin exclusive')
    return { [Symbol.dispose]: () => held.close() }
  } catch (error) {
    lock?.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) {
      throw new Fault('Another ops command is changing this installation.', 'Wait until it ends, then run this again.')
    }
    throw new Fault(
      `Nothing can be written into ${folder} (${error instanceof Error ? error.message : error}).`,
      'Run ops as root, on a disk that has room.',
      { cause: error },
    )
  }
}
