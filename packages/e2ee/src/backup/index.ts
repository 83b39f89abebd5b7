export { TamperedError } from '../tampered-error.ts'
export { type BackupKeys, createKdf, deriveBackupKeys } from './derive-keys.ts'
export { createPassphrase, isStrong, passphraseRule } from './passphrase.ts'
export { openBackup, sealBackup } from './seal-backup.ts'
