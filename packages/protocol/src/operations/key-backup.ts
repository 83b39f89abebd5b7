import { type Static, Type } from 'typebox'
import { Base64, Confirmation, Strict, Timestamp } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'

const Kdf = Type.String({
  minLength: 1,
  maxLength: limits.keyDerivationCharacters,
  pattern: '^[A-Za-z0-9:+/=._-]+$',
  description: 'How the passphrase becomes keys, in words of the client: no secret',
})
const Proof = Type.String({
  minLength: 44,
  maxLength: 44,
  pattern: '^[A-Za-z0-9+/]{43}=$',
  description: '32 bytes as base64, made of the passphrase: it opens nothing, and shows that one knows it',
})
const TriesLeft = Type.Integer({
  minimum: 0,
  description: 'How often one may still be wrong about the passphrase today',
})
const Saved = Type.Object({ version: Type.Integer({ minimum: 1 }), updated_at: Timestamp })

/** What somebody keeps here of his keys, under a passphrase that the server never sees. */
export const KeyBackup = Type.Object({
  ...Saved.properties,
  kdf: Kdf,
  backup: Type.String({ description: 'Base64' }),
})
export type KeyBackup = Static<typeof KeyBackup>

const ofOneself = { path: '/v1/key-backup', caller: 'user', rate: 'keys' } as const

export const keyBackup = operations('chat-service', {
  save: {
    name: 'chat.key-backup.save',
    summary: 'Put a backup of keys, encrypted by its owner, into the place of the one that it follows',
    method: 'PUT',
    bodyLimit: limits.keysBodyBytes,
    body: Strict({
      base_version: Type.Integer({ minimum: 0, maximum: 2 ** 31 - 2, description: '0 where there is none yet' }),
      kdf: Kdf,
      proof: Proof,
      backup: Base64({ max: limits.keyBackupCharacters }),
    }),
    answer: { 200: Saved },
    errors: ['CONFLICT'],
    audit: { resource: 'key_backup', action: 'save' },
    ...ofOneself,
  },
  get: {
    name: 'chat.key-backup.get',
    summary: 'Whether the signed-in person has a backup of keys, and how its passphrase becomes what opens it',
    method: 'GET',
    answer: { 200: Type.Object({ ...Saved.properties, kdf: Kdf, tries_left: TriesLeft }) },
    errors: ['NOT_FOUND'],
    audit: { resource: 'key_backup', action: 'look' },
    ...ofOneself,
    rate: 'default',
  },
  open: {
    name: 'chat.key-backup.open',
    summary: `Read the backup of keys, as who knows its passphrase; ${limits.keyBackupTries} wrong ones a day`,
    method: 'POST',
    body: Strict({ proof: Proof }),
    answer: { 200: KeyBackup },
    errors: ['NOT_FOUND', 'FORBIDDEN', 'RATE_LIMITED'],
    audit: { resource: 'key_backup', action: 'read' },
    ...ofOneself,
    path: '/v1/key-backup/open',
  },
  delete: {
    name: 'chat.key-backup.delete',
    summary: 'Keep no backup of keys any more',
    method: 'DELETE',
    answer: { 200: Confirmation },
    errors: ['NOT_FOUND'],
    audit: { resource: 'key_backup', action: 'delete' },
    ...ofOneself,
  },
})
