import { explain } from '../words/explain.ts'
import { words } from '../words/index.ts'

/** Why the keys of this device cannot be had, for people. */
export function explainDevice(error: unknown): string {
  const { insecure, noVault, tooManyDevices } = words.encryption.standing
  if (!globalThis.isSecureContext) return insecure
  if (error instanceof DOMException) return noVault
  return explain(error, { LIMIT_REACHED: tooManyDevices })
}
