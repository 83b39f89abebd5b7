import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { consumers, listReaders } from '../consumers.ts'
import { Fault } from '../fault.ts'
import { writeWhole } from '../write-whole.ts'
import { findSecretFault } from './find-secret-fault.ts'
import { secretKinds } from './secret-kinds.ts'

export const masterMode = 0o600

/** A copy that a container has of a secret whose own file is gone: the stores know that one, and no new one. */
function findCopy(folder: string, name: string): string | undefined {
  return listReaders(name)
    .filter((service) => consumers[service]?.writtenAs?.[name] === undefined)
    .map((service) => join(folder, service, name))
    .find((path) => existsSync(path))
}

function assertUsable(folder: string): void {
  const faults = Object.keys(secretKinds).flatMap((name) => {
    const path = join(folder, name)
    if (!existsSync(path)) return []
    chmodSync(path, masterMode)
    const fault = findSecretFault(name, path)
    return fault === undefined ? [] : [`secrets/${name} ${fault}.`]
  })
  if (faults.length === 0) return
  throw new Fault(
    faults.join('\n'),
    'Put a good value into each of these files, or delete those that init makes itself; then run it again.',
  )
}

/** Makes the secrets that are not there yet, and answers with their names. What is there is never written over. */
export async function ensureSecrets(folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true, mode: 0o711 })
  if ((statSync(folder).mode & 0o777) !== 0o711) chmodSync(folder, 0o711)
  assertUsable(folder)
  const made: string[] = []
  for (const [name, { make }] of Object.entries(secretKinds)) {
    const path = join(folder, name)
    if (make === undefined || existsSync(path)) continue
    const copy = findCopy(folder, name)
    writeWhole(path, copy === undefined ? await make() : readFileSync(copy, 'utf8'), { mode: masterMode })
    if (copy === undefined) made.push(name)
  }
  return made
}
