import { lockAccounts } from '@secureconnect/directory'
import { type Device, limits } from '@secureconnect/protocol'
import { newId, type Transaction } from '@secureconnect/sql'
import { limitReached, userNotFound } from '../errors.ts'
import type { FanOut } from '../fan-out/fan-out.ts'
import { type DeviceRow, listDevices, type OfSession, saveDevice } from '../stores/devices.ts'
import { queueNudge } from './send-to-devices.ts'

/** A device as its owner sees it. */
export function toDevice(row: DeviceRow, sessionId: string): Device {
  const { device_id, name, session_id, identity_key, created_at } = row
  return {
    device_id,
    name,
    session_id,
    is_current: session_id === sessionId,
    identity_key,
    created_at: created_at.toISOString(),
  }
}

type Registration = OfSession & { deviceId: string | undefined; name: string }

/**
 * Makes a sign-in a device, or finds the one that it is. A device that comes back with another sign-in names itself and
 * keeps its keys and what waits for it.
 */
export async function registerDevice(
  tx: Transaction,
  { userId, sessionId, deviceId, name }: Registration,
  fanOut: Pick<FanOut, 'addUserFrames'>,
): Promise<{ device: Device; isNew: boolean }> {
  if ((await lockAccounts(tx, [userId])) === 0) throw userNotFound()
  const present = await listDevices(tx, userId)
  const wanted = deviceId ?? present.find(({ session_id }) => session_id === sessionId)?.device_id ?? newId()
  const isNew = !present.some(({ device_id }) => device_id === wanted)
  const most = limits.encryptionDevicesPerUser
  if (isNew && present.length >= most) throw limitReached(`devices of one person: ${most}`)
  await saveDevice(tx, { userId, sessionId, deviceId: wanted, name })
  // Its open sockets are now those of a device for which something may wait.
  await fanOut.addUserFrames(tx, [{ userId, frame: queueNudge }])
  const saved = (await listDevices(tx, userId)).find(({ device_id }) => device_id === wanted)
  if (!saved) throw new Error('A device that was saved is there')
  return { device: toDevice(saved, sessionId), isNew }
}
