import { type Static, Type } from 'typebox'
import { Base64, Strict, Timestamp } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'

const state = { version: Type.Integer({ minimum: 1 }), updated_at: Timestamp }
const KeyBackupState = Type.Object(state)
/** What somebody keeps here of his keys, under a passphrase that the server never sees. */
export const KeyBackup = Type.Object({ ...state, backup: Type.String({ description: 'Base64' }) })
export type KeyBackup = Static<typeof KeyBackup>

export const keyBackup = operations('chat-service', {
  save: {
    name: 'chat.key-backup.save',
    summary: 'Put a backup of keys, encrypted by its owner, into the place of the one that it follows',
    method: 'PUT',
    path: '/v1/key-backup',
    caller: 'user',
    rate: 'keys',
    bodyLimit: limits.keysBodyBytes,
    body: Strict({
      base_version: Type.Integer({ minimum: 0, maximum: 2 ** 31 - 2, description: '0 where there is none yet' }),
      backup: Base64({ max: limits.keyBackupCharacters }),
    }),
    answer: { 200: KeyBackupState },
    errors: ['CONFLICT'],
    audit: { resource: 'key_backup', action: 'save' },
  },
  get: {
    name: 'chat.key-backup.get',
    summary: "The signed-in person's backup of keys",
    method: 'GET',
    path: '/v1/key-backup',
    caller: 'user',
    rate: 'keys',
    answer: { 200: KeyBackup },
    errors: ['NOT_FOUND'],
    audit: { resource: 'key_backup', action: 'read' },
  },
})
