import type { DeviceKeys } from '@secureconnect/protocol'
import type { Static } from 'typebox'
import type { DeviceRow } from '../stores/devices.ts'

/** What others may know of a device that has keys. */
export function toDeviceKeys({
  user_id,
  device_id,
  identity_key,
  signed_pre_key,
}: DeviceRow): Static<typeof DeviceKeys> {
  if (identity_key === null) throw new Error('A device without keys is nothing to others')
  return { user_id, device_id, identity_key, signed_pre_key }
}
