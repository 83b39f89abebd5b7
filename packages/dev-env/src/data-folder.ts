import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { hasCode } from './has-code.ts'

const lockName = 'secureconnect.lock'
const holderName = 'secureconnect.pid'

/** What helps whoever wants to start a system where one runs. */
const waysOut = 'stop that one, or choose another folder with --data and other ports with --port-base'

/**
 * The folder that holds the system's data, this process's alone until it is disposed of. Its lock file stays when the
 * system stops: by it the folder is known for ours.
 */
export class DataFolder implements Disposable {
  readonly path: string
  readonly #lock: DatabaseSync

  /** Makes the folder if need be and takes it; throws one sentence where it is somebody else's, with the way out. */
  static claim(path: string, wayOut = waysOut): DataFolder {
    const names = openFolder(path)
    if (names.length > 0 && !names.includes(lockName)) {
      throw new Error(
        `${path} holds other things than the data of SecureConnect: choose an empty or a new folder with --data.`,
      )
    }
    return new DataFolder(path, takeLock(path, wayOut))
  }

  private constructor(path: string, lock: DatabaseSync) {
    this.path = path
    this.#lock = lock
    writeFileSync(join(path, holderName), String(process.pid), { mode: 0o600 })
  }

  /** What is in it, but for what says whose it is. */
  get #contents(): string[] {
    return readdirSync(this.path).filter((name) => name !== lockName && name !== holderName)
  }

  isEmpty(): boolean {
    return this.#contents.length === 0
  }

  /** Deletes what it holds and stays its owner, so that no other process comes in between. */
  clear(): void {
    for (const name of this.#contents) rmSync(join(this.path, name), { recursive: true })
  }

  [Symbol.dispose](): void {
    rmSync(join(this.path, holderName), { force: true })
    this.#lock.close()
  }
}

function openFolder(path: string): string[] {
  try {
    // Its parent has to be there: a long path that exists nowhere is rather a slip than a wish.
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw unusable(path, error)
  }
  try {
    return readdirSync(path)
  } catch (error) {
    throw unusable(path, error)
  }
}

function unusable(path: string, error: unknown): Error {
  const told = error instanceof Error ? error.message : String(error)
  const reason = hasCode(error, 'ENOENT') ? 'its parent folder is not there' : told
  return new Error(`The data cannot be kept in ${path} (${reason}): choose another folder with --data.`)
}

const sqliteBusy = 5

/**
 * Node cannot lock a file, but SQLite can. It is the system's own lock, which ends with the process however that
 * ends, so that none is ever left behind.
 */
function takeLock(path: string, wayOut: string): DatabaseSync {
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(join(path, lockName))
    lock.exec('pragma journal_mode = memory; begin exclusive')
    return lock
  } catch (error) {
    lock?.close()
    const isHeld = error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy
    throw isHeld ? new Error(`${path} is in use by ${describeHolder(path)}: ${wayOut}.`) : unusable(path, error)
  }
}

function describeHolder(path: string): string {
  const file = join(path, holderName)
  try {
    return `process ${readFileSync(file, 'utf8')}, running since ${statSync(file).mtime.toISOString()}`
  } catch (error) {
    // It is written right after the lock is taken, and deleted right before it is given back.
    if (hasCode(error, 'ENOENT')) return 'another process, which starts or stops just now'
    throw error
  }
}
