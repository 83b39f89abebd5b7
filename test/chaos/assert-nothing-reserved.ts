import assert from 'node:assert/strict'
import { files } from '@secureconnect/protocol'
import { call } from '../services/index.ts'
import type { Scene } from './script.ts'

/** What is refused is not reserved either. */
export async function assertNothingReserved({ cast: { at, ada } }: Scene): Promise<string[]> {
  const { status, data } = await call(at, files.getQuota, { token: ada.token })
  assert.equal(status, 200, 'quotas are told')
  return [`reserved while it was away: ${data.reserved} bytes`]
}
