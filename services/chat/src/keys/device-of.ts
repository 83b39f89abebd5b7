import type { Queries } from '@secureconnect/sql'
import { deviceNotFound } from '../errors.ts'
import { type DeviceRow, findDeviceOf, type OfSession } from '../stores/devices.ts'

/** The device that a sign-in uses; it has to be registered first. */
export async function getDeviceOf(sql: Queries, session: OfSession): Promise<DeviceRow> {
  const device = await findDeviceOf(sql, session)
  if (!device) throw deviceNotFound()
  return device
}
