import { type KeyCount, type KeyKind, limits, type UploadKeys } from '@secureconnect/protocol'
import type { Queries, Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { deviceNotFound, limitReached, otherIdentity } from '../errors.ts'
import { type DeviceRow, holdDeviceOf, type OfSession, saveIdentity } from '../stores/devices.ts'
import { addKeys, countKeys, dropKeys, dropLastResort } from '../stores/one-time-keys.ts'
import { announceDevices } from './announce-devices.ts'
import { readKeys } from './read-keys.ts'

const kinds: readonly KeyKind[] = ['pre_key', 'key_package']

/** How many keys of a device wait to be handed out. */
export async function countKeysOf(
  sql: Queries,
  { user_id, device_id }: Pick<DeviceRow, 'user_id' | 'device_id'>,
): Promise<KeyCount> {
  const counts = (await countKeys(sql, [user_id])).filter((count) => count.device_id === device_id)
  const left = (kind: KeyKind) => counts.find((count) => count.kind === kind && !count.is_last_resort)?.keys ?? 0
  return {
    device_id,
    one_time_pre_keys: left('pre_key'),
    key_packages: left('key_package'),
    has_last_resort: counts.some(({ is_last_resort }) => is_last_resort),
    low: kinds.filter((kind) => left(kind) <= limits.keysPerDevice.low),
  }
}

/** The device that a sign-in uses, where it is the one that is named. */
async function holdNamed(tx: Transaction, session: OfSession, deviceId: string | undefined): Promise<DeviceRow> {
  const device = await holdDeviceOf(tx, session)
  if (!device || (deviceId ?? device.device_id) !== device.device_id) throw deviceNotFound()
  return device
}

type Upload = { session: OfSession; upload: UploadKeys; isRotation: boolean }

/** Keeps public keys of a device: beside those that it has, or in their place. */
export async function saveKeys(
  { sql, kv }: Pick<Context, 'sql' | 'kv'>,
  { session, upload, isRotation }: Upload,
): Promise<KeyCount> {
  const keys = readKeys(upload)
  const { device_id, identity_key } = upload
  return sql.transaction(async (tx) => {
    const device = await holdNamed(tx, session, device_id)
    const hasOtherIdentity = device.identity_key !== identity_key
    if (!isRotation && device.identity_key !== null && hasOtherIdentity) throw otherIdentity()
    const signed_pre_key = upload.signed_pre_key ?? (isRotation ? null : device.signed_pre_key)
    await saveIdentity(tx, { ...device, identity_key, signed_pre_key })
    const lastResort = keys.find(({ is_last_resort }) => is_last_resort)
    if (isRotation) await dropKeys(tx, device)
    else if (lastResort) await dropLastResort(tx, { ...device, butDigest: lastResort.digest })
    await addKeys(tx, device, keys)
    const count = await countKeysOf(tx, device)
    const { max } = limits.keysPerDevice
    if (count.one_time_pre_keys > max || count.key_packages > max) throw limitReached(`keys that can wait: ${max}`)
    if (hasOtherIdentity) await announceDevices(tx, device.user_id, kv)
    return count
  })
}
