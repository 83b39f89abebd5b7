export { TamperedError } from '../tampered-error.ts'
export { type BackupKeys, createKdf, deriveBackupKeys } from './derive-keys.ts'
export { createPassphrase } from './passphrase.ts'
export { openBackup, sealBackup } from './seal-backup.ts'
