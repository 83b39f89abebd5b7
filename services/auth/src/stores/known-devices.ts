import { limits } from '@secureconnect/protocol'
import { column, newId, type Queries, type Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

const DeviceId = Type.Object({ device_id: column.id })

type Known = { deviceId: string; userId: string }

export async function isKnownDevice(sql: Queries, { deviceId, userId }: Known): Promise<boolean> {
  const device = await sql.maybeOne(DeviceId)`
    select device_id from known_devices where device_id = ${deviceId} and user_id = ${userId}`
  return device !== undefined
}

const Device = Type.Object({ device_id: column.id, created_at: column.timestamp, last_seen_at: column.timestamp })

/** The devices from which somebody signed in, the newest first. */
export function listDevices(sql: Queries, userId: string): Promise<Static<typeof Device>[]> {
  return sql.many(Device)`
    select device_id, created_at, last_seen_at from known_devices where user_id = ${userId}
    order by created_at desc, device_id desc`
}

export async function hasDevices(sql: Queries, userId: string): Promise<boolean> {
  const devices = await sql.many(DeviceId)`select device_id from known_devices where user_id = ${userId} limit 1`
  return devices.length > 0
}

/** Notes that a device was here again; false where it is not known any more. */
export async function seeDevice(tx: Transaction, { deviceId, userId }: Known): Promise<boolean> {
  const seen = await tx.execute`
    update known_devices set last_seen_at = now() where device_id = ${deviceId} and user_id = ${userId}`
  return seen === 1
}

/** Adds a device, forgets those beyond the limit that were here longest ago, and returns its id. */
export async function insertDevice(tx: Transaction, userId: string): Promise<string> {
  const deviceId = newId()
  await tx.execute`insert into known_devices (device_id, user_id) values (${deviceId}, ${userId})`
  await tx.execute`
    delete from known_devices where device_id in (
      select device_id from known_devices where user_id = ${userId}
      order by last_seen_at desc, device_id desc offset ${limits.knownDevicesPerUser})`
  return deviceId
}

/** Forgets all devices of a person: from now on each is a stranger. */
export async function removeDevices(tx: Transaction, userId: string): Promise<void> {
  await tx.execute`delete from known_devices where user_id = ${userId}`
}

/** Forgets the devices of all people that were not here for so long. */
export function removeUnseenDevices(sql: Queries, unseenMs: number): Promise<number> {
  return sql.execute`
    delete from known_devices where last_seen_at < now() - ${unseenMs}::float8 * interval '1 millisecond'`
}
