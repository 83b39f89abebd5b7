import { type Bytes, base64ToBytes, bytesToBase64, concatBytes, utf8 } from '../bytes.ts'
import { TamperedError } from '../tampered-error.ts'
import type { BackupKeys } from './derive-keys.ts'

const formatVersion = 1
const nonceBytes = 12

/** Whose backup it is, and by which keys: it is none of anybody else's. */
function toCipher(nonce: Bytes, { kdf }: BackupKeys, userId: string) {
  return { name: 'AES-GCM', iv: nonce, additionalData: utf8(JSON.stringify([formatVersion, userId, kdf])) }
}

const importKey = ({ key }: BackupKeys) =>
  crypto.subtle.importKey('raw', new Uint8Array(base64ToBytes(key)), 'AES-GCM', false, ['encrypt', 'decrypt'])

type Sealing = { keys: BackupKeys; userId: string }

/** Seals what a person wants to have again on another device, as base64. */
export async function sealBackup(contents: Bytes, { keys, userId }: Sealing): Promise<string> {
  const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes))
  const cipher = toCipher(nonce, keys, userId)
  const sealed = new Uint8Array(await crypto.subtle.encrypt(cipher, await importKey(keys), contents))
  return bytesToBase64(concatBytes([Uint8Array.of(formatVersion), nonce, sealed]))
}

/** Opens a backup; a TamperedError where it was changed, is somebody else's, or was sealed with another passphrase. */
export async function openBackup(backup: string, { keys, userId }: Sealing): Promise<Bytes> {
  const bytes = new Uint8Array(base64ToBytes(backup))
  const [nonce, sealed] = [bytes.subarray(1, 1 + nonceBytes), bytes.subarray(1 + nonceBytes)]
  try {
    if (bytes[0] !== formatVersion) throw new Error(`Backups of version ${bytes[0]} are not known.`)
    return new Uint8Array(await crypto.subtle.decrypt(toCipher(nonce, keys, userId), await importKey(keys), sealed))
  } catch (cause) {
    throw new TamperedError('This key backup is not what was sealed with this passphrase.', { cause })
  }
}
