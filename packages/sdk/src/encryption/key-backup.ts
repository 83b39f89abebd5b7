import { type BackupKeys, createKdf, deriveBackupKeys } from '@secureconnect/e2ee/backup'
import { type BackupNeeds, createKeptBackup, isRefused } from './kept-backup.ts'

/**
 * How somebody's key backup stands: there is none; there is one that this device cannot open, because it was never told
 * the passphrase or that is another one since; or this device keeps it up to date.
 */
export type BackupStanding = { is: 'none' } | { is: 'locked' | 'kept'; savedAt: string; triesLeft: number }

export type KeyBackup = {
  look(): Promise<BackupStanding>
  /** Backs up under a passphrase, in the place of a backup that there may be, with what that holds if it can be opened. */
  make(passphrase: string): Promise<void>
  /** Brings here what the backup holds; a FORBIDDEN where the passphrase is wrong. */
  restore(passphrase: string): Promise<void>
  /** Brings the backup up to date, and with it what other devices put there; nothing where this one does not keep it. */
  refresh(): Promise<void>
  remove(): Promise<void>
}

const attempts = 3

/** Backs up what was read and whom one verified, under a passphrase that the service never sees. */
export function createKeyBackup(needed: BackupNeeds): KeyBackup {
  const { find, findFitting, keepKeys, forgetKeys, open, save, isUpToDate } = createKeptBackup(needed)
  const { keyBackup } = needed.client.rest

  /** Saves what is here and there; where another device was faster, with what that one put there. */
  async function saveWith(toNext: (fitting: BackupKeys | undefined) => BackupKeys | undefined): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const known = await find()
      const fitting = known && (await findFitting(known))
      const next = toNext(fitting)
      if (!next) return
      const version = fitting ? await open(fitting) : (known?.version ?? 0)
      try {
        await save(next, version)
        return await keepKeys(next)
      } catch (error) {
        if (!isRefused(error, 'CONFLICT') || attempt >= attempts) throw error
      }
    }
  }

  return {
    async look() {
      const known = await find()
      if (!known) return { is: 'none' }
      const is = (await findFitting(known)) ? 'kept' : 'locked'
      return { is, savedAt: known.updated_at, triesLeft: known.tries_left }
    },
    async make(passphrase) {
      const keys = await deriveBackupKeys(passphrase, createKdf())
      await saveWith(() => keys)
    },
    async restore(passphrase) {
      const { kdf } = await keyBackup.get()
      const keys = await deriveBackupKeys(passphrase, kdf)
      await open(keys)
      await keepKeys(keys)
    },
    async refresh() {
      const known = await find()
      if (known && !(await isUpToDate(known))) await saveWith((fitting) => fitting)
    },
    async remove() {
      // Another device may have been faster: then there is none either.
      await keyBackup.delete().catch((error: unknown) => {
        if (!isRefused(error, 'NOT_FOUND')) throw error
      })
      await forgetKeys()
    },
  }
}
