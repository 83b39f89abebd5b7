import { type BackupKeys, openBackup, sealBackup } from '@secureconnect/e2ee/backup'
import { ApiError } from '../errors.ts'
import { collectContents, restoreContents } from './backup-contents.ts'
import { digestOf } from './digest.ts'
import type { KeptTexts } from './kept-texts.ts'
import type { Needed } from './needs.ts'

export type BackupNeeds = Needed & { texts: KeptTexts }

type Known = { version: number; kdf: string; updated_at: string; tries_left: number }

/** What this device saved last. */
type Saved = { version: number; digest: string }

const keysKey = 'backup-keys'
const savedKey = 'backup-saved'

export const isRefused = (error: unknown, code: ApiError['code']) => error instanceof ApiError && error.code === code

/** The backup as the service has it, and what this device keeps to open it without the passphrase. */
export function createKeptBackup({ client, vault, texts }: BackupNeeds) {
  const { keyBackup } = client.rest

  async function read<T>(key: string): Promise<T | undefined> {
    const kept = await vault.read(key)
    return kept && JSON.parse(new TextDecoder().decode(kept))
  }

  const write = (key: string, value: BackupKeys | Saved) =>
    vault.write(new Map([[key, new TextEncoder().encode(JSON.stringify(value))]]))

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
    const contents = await openBackup(backup, { keys, userId: whose() })
    await restoreContents(vault, texts, new TextDecoder().decode(contents))
    return version
  }

  async function save(keys: BackupKeys, base_version: number): Promise<void> {
    const contents = await collectContents(vault, texts)
    const backup = await sealBackup(new TextEncoder().encode(contents), { keys, userId: whose() })
    const { version } = await keyBackup.save({ base_version, kdf: keys.kdf, proof: keys.proof, backup })
    await write(savedKey, { version, digest: await digestOf(contents) } satisfies Saved)
  }

  /** Whether the backup that is there is what this device saved last, and there is nothing new here. */
  async function isUpToDate({ version }: Known): Promise<boolean> {
    const saved = await read<Saved>(savedKey)
    return saved?.version === version && saved.digest === (await digestOf(await collectContents(vault, texts)))
  }

  /** The keys of the backup that is there, if this device has them. */
  async function findFitting(known: Known): Promise<BackupKeys | undefined> {
    const keys = await read<BackupKeys>(keysKey)
    return keys?.kdf === known.kdf ? keys : undefined
  }

  return {
    find,
    findFitting,
    keepKeys: (keys: BackupKeys) => write(keysKey, keys),
    forgetKeys: () => vault.write(new Map([keysKey, savedKey].map((key) => [key, undefined]))),
    open,
    save,
    isUpToDate,
  }
}
