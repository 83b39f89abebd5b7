import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type } from 'typebox'
import { Value } from 'typebox/value'

const Holder = Type.Object({ pid: Type.Integer(), started_at: Type.String(), birth: Type.String() })

/** Tells a process from an earlier one of the same number; empty where the system does not say, undefined if it is gone. */
function findBirth(pid: number): string | undefined {
  try {
    process.kill(pid, 0)
  } catch (error) {
    const isForeign = error instanceof Error && 'code' in error && error.code === 'EPERM'
    if (!isForeign) return undefined
  }
  return (
    readIfThere(`/proc/${pid}/stat`)
      ?.replace(/^.*\) /s, '')
      .split(' ')[19] ?? ''
  )
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function tryToWrite(path: string): boolean {
  const { pid } = process
  const holder = { pid, started_at: new Date().toISOString(), birth: findBirth(pid) ?? '' }
  try {
    writeFileSync(path, JSON.stringify(holder), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function parseHolder(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Makes this process the only one that uses the folder. Somebody else's lock says who he is; the lock of a process
 * that is gone is taken over.
 */
export function lockDataFolder(folder: string): Disposable {
  const path = join(folder, 'lock')
  if (!tryToWrite(path)) {
    const holder = parseHolder(readIfThere(path) ?? '')
    const isHeld = Value.Check(Holder, holder) && findBirth(holder.pid) === holder.birth
    if (isHeld) {
      throw new Error(
        `${folder} is in use by process ${holder.pid}, running since ${holder.started_at}: stop that one, or choose another folder with --data.`,
      )
    }
    rmSync(path, { force: true })
    if (!tryToWrite(path)) throw new Error(`${folder} was taken by another process just now: try again.`)
  }
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) }
}
