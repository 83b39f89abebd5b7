import type { Kv } from '@secureconnect/kv'
import type { Transaction } from '@secureconnect/sql'
import { removeDevice as remove } from '../stores/devices.ts'
import { dropKeys } from '../stores/one-time-keys.ts'
import { announceDevices } from './announce-devices.ts'

/** Removes a device with its keys and all that waits for it; whether there was one. */
export async function removeDevice(
  tx: Transaction,
  { userId, deviceId }: { userId: string; deviceId: string },
  kv: Pick<Kv, 'publish'>,
): Promise<boolean> {
  // Should the device come back with the same keys, those that went out stay used.
  await dropKeys(tx, { user_id: userId, device_id: deviceId })
  const removed = await remove(tx, { userId, deviceId })
  if (removed?.identity_key) await announceDevices(tx, userId, kv)
  return removed !== undefined
}
