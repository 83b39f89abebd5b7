import { hkdfSync } from 'node:crypto'

const keyBytes = 32

/** The key of one purpose, so that what one part of the system signs is worth nothing to another. */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, keyBytes))
}
