import { type Bytes, base64ToBytes, bytesToBase64, utf8 } from '../bytes.ts'
import { TamperedError } from '../tampered-error.ts'

/**
 * What a passphrase gives, as base64: what opens a backup, and what shows the service that one knows it. Neither tells the
 * other, or the passphrase; a device that keeps them can renew its backup without asking for it.
 */
export type BackupKeys = { kdf: string; proof: string; key: string }

const name = 'pbkdf2-sha512'
const saltBytes = 32
/** One or two seconds in a browser, for each guess. */
const iterations = 600_000
/** A service that says fewer wants guesses to be cheap; one that says more wants nobody to get an answer. */
const bounds = { min: iterations, max: 10 * iterations }

/** How a passphrase becomes keys, kept beside the backup: no secret. */
export function createKdf(): string {
  return [name, iterations, bytesToBase64(crypto.getRandomValues(new Uint8Array(saltBytes)))].join(':')
}

function readKdf(kdf: string): { salt: Bytes; count: number } {
  const [kind, rounds, text = ''] = kdf.split(':')
  const [count, salt] = [Number(rounds), new Uint8Array(base64ToBytes(text))]
  const isOurs = kind === name && salt.length === saltBytes
  if (isOurs && Number.isSafeInteger(count) && count >= bounds.min && count <= bounds.max) return { salt, count }
  throw new TamperedError('This is no way of ours to make keys of a passphrase.')
}

/** Makes keys of a passphrase, slowly: whoever guesses takes as long for each guess. */
export async function deriveBackupKeys(passphrase: string, kdf: string): Promise<BackupKeys> {
  const { salt, count } = readKdf(kdf)
  // The same letters may be typed in more than one way.
  const typed = utf8(passphrase.normalize('NFKC'))
  const secret = await crypto.subtle.importKey('raw', typed, 'PBKDF2', false, ['deriveBits'])
  const slow = { name: 'PBKDF2', hash: 'SHA-512', salt, iterations: count }
  const root = await crypto.subtle.importKey('raw', await crypto.subtle.deriveBits(slow, secret, 512), 'HKDF', false, [
    'deriveBits',
  ])
  const derive = async (label: string) => {
    const info = utf8(`SecureConnect key backup ${label}`)
    const bits = await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, root, 256)
    return bytesToBase64(new Uint8Array(bits))
  }
  return { kdf, proof: await derive('proof'), key: await derive('key') }
}
