import { type BackupKeys, openBackup, sealBackup } from '@secureconnect/e2ee/backup'
import { ApiError } from '../errors.ts'
import { collectContents, toRestored } from './backup-contents.ts'
import type { Needed } from './needs.ts'

type Known = { version: number; kdf: string; updated_at: string; tries_left: number }

const keysKey = 'backup-keys'

export const isRefused = (error: unknown, code: ApiError['code']) => error instanceof ApiError && error.code === code

/** The backup as the service has it, and what this device keeps to open it without the passphrase. */
export function createKeptBackup({ client, vault }: Needed) {
  const { keyBackup } = client.rest

  async function readKeys(): Promise<BackupKeys | undefined> {
    const kept = await vault.read(keysKey)
    return kept && JSON.parse(new TextDecoder().decode(kept))
  }

  const keepKeys = (keys: BackupKeys) =>
    vault.write(new Map([[keysKey, new TextEncoder().encode(JSON.stringify(keys))]]))
  const forgetKeys = () => vault.write(new Map([[keysKey, undefined]]))

  async function find(): Promise<Known | undefined> {
    try {
      return await keyBackup.get()
    } catch (error) {
      if (isRefused(error, 'NOT_FOUND')) return undefined
      throw error
    }
  }

  const whose = () => client.userId ?? ''

  /** Brings here what the backup holds; answers which version it was. */
  async function open(keys: BackupKeys): Promise<number> {
    const { version, backup } = await keyBackup.open({ proof: keys.proof })
    await vault.write(await toRestored(vault, await openBackup(backup, { keys, userId: whose() })))
    return version
  }

  async function save(keys: BackupKeys, base_version: number): Promise<void> {
    const backup = await sealBackup(await collectContents(vault), { keys, userId: whose() })
    await keyBackup.save({ base_version, kdf: keys.kdf, proof: keys.proof, backup })
  }

  /** The keys of the backup that is there, if this device has them. */
  async function findFitting(known: Known): Promise<BackupKeys | undefined> {
    const keys = await readKeys()
    return keys?.kdf === known.kdf ? keys : undefined
  }

  return { find, findFitting, keepKeys, forgetKeys, open, save }
}
