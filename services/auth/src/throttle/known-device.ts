import { deviceCookie, type Operation } from '@secureconnect/protocol'
import type { RouteInput } from '@secureconnect/service'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { readCookie, setCookie } from '../cookies.ts'
import { hasDevices, insertDevice, isKnownDevice, seeDevice } from '../stores/known-devices.ts'
import { enqueueMail } from '../waiting-mail.ts'
import { deviceLifeMs } from './device-tokens.ts'

type Exchange = RouteInput<Operation>
type Visit = { userId: string; request: Exchange['request']; deviceToken: string | undefined }

/** The device that a login comes from, if it was signed in to this account before. */
export async function findKnownDevice(
  { sql, deviceTokens }: Pick<Context, 'sql' | 'deviceTokens'>,
  { userId, request, deviceToken = readCookie(request, deviceCookie) }: Visit,
): Promise<string | undefined> {
  const deviceId = deviceToken && deviceTokens.read(deviceToken, userId)
  return deviceId && (await isKnownDevice(sql, { deviceId, userId })) ? deviceId : undefined
}

/** Remembers the device of a login, tells its owner of one that is new, and returns its token. */
export async function rememberDevice(
  tx: Transaction,
  { kv, deviceTokens }: Pick<Context, 'kv' | 'deviceTokens'>,
  { userId, deviceId }: { userId: string; deviceId: string | undefined },
): Promise<string> {
  if (deviceId !== undefined && (await seeDevice(tx, { deviceId, userId }))) {
    return deviceTokens.create({ deviceId, userId })
  }
  if (await hasDevices(tx, userId)) await enqueueMail(tx, { kv }, { user_id: userId, template: 'new-device' })
  return deviceTokens.create({ deviceId: await insertDevice(tx, userId), userId })
}

/** Hands a browser its device token as a cookie; other clients take it from the answer. */
export function setDeviceCookie(reply: Exchange['reply'], deviceToken: string): void {
  setCookie(reply, { name: deviceCookie, value: deviceToken, lifeMs: deviceLifeMs })
}
