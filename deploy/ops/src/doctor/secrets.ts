import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Finding, failed, ok, skipped, warning } from '../checks/finding.ts'
import { consumers, writeCopy } from '../consumers.ts'
import { isBackupKeyKept } from '../secrets/backup-key.ts'
import { findSecretFault } from '../secrets/find-secret-fault.ts'
import { copyMode } from '../secrets/hand-out-secrets.ts'
import { secretKinds } from '../secrets/secret-kinds.ts'
import type { DoctorCheck } from './doctor-check.ts'

const runInit = 'Run ./ops init.'

function judgeMaster(folder: string, name: string): Finding[] {
  const path = join(folder, name)
  const { make, without, isAdvised } = secretKinds[name] ?? {}
  const what = `secrets/${name}`
  if (!existsSync(path)) {
    if (make !== undefined) return [failed(what, 'is not there', runInit)]
    if (isAdvised && without !== undefined)
      return [warning(what, `not given: ${without}`, `See secrets.example/${name}.example.`)]
    return without === undefined ? [] : [skipped(what, `not given: ${without}`)]
  }
  const fault = findSecretFault(name, path)
  if (fault === undefined) return []
  const isReadable = (statSync(path).mode & 0o004) !== 0
  return [
    failed(
      what,
      fault.replace(/: chmod .*/, ''),
      isReadable ? `chmod 600 ${path}` : `Put a good value into it, then run ./ops init.`,
    ),
  ]
}

function judgeCopy(folder: string, { service, name, uid }: { service: string; name: string; uid: number }): Finding[] {
  const [master, copy] = [join(folder, name), join(folder, service, name)]
  if (!existsSync(master)) return []
  const what = `secrets/${service}/${name}`
  if (!existsSync(copy)) return [failed(what, 'is not there', runInit)]
  const { uid: owner, mode } = statSync(copy)
  if (owner !== uid || (mode & 0o777) !== copyMode) return [failed(what, `is not kept to user ${uid} alone`, runInit)]
  return readFileSync(copy, 'utf8') === writeCopy(service, name, readFileSync(master, 'utf8'))
    ? []
    : [failed(what, `differs from secrets/${name}`, runInit)]
}

export const secrets: DoctorCheck = {
  name: 'secrets',
  run: async ({ root }) => {
    const folder = join(root, 'secrets')
    if (process.getuid?.() !== 0) return [warning('secrets', 'only root may look at them', 'Run sudo ./ops doctor.')]
    const masters = Object.keys(secretKinds).flatMap((name) => judgeMaster(folder, name))
    const copies = Object.entries(consumers).flatMap(([service, { uid, secrets: names }]) =>
      names.flatMap((name) => judgeCopy(folder, { service, name, uid })),
    )
    const isKept = existsSync(join(folder, 'backup_key')) && isBackupKeyKept(folder)
    const backup = isKept
      ? ok('backup key', 'said to be kept elsewhere, too')
      : warning(
          'backup key',
          'nobody has said that it is kept elsewhere',
          './ops init shows it; then ./ops init --backup-key-kept',
        )
    const faults = [...masters, ...copies]
    const isGood = !faults.some(({ state }) => state === 'failed')
    return [...(isGood ? [ok('secrets', 'each reader has its copy, and nobody else')] : []), ...faults, backup]
  },
}
