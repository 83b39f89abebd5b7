import { createHmac, timingSafeEqual } from 'node:crypto'

/** A device that was not here for so long is forgotten; browsers keep no cookie longer. */
export const deviceLifeMs = 400 * 86_400_000

/** Proofs that a device was signed in to an account before. They open nothing: they only tell its owner from strangers. */
export type DeviceTokens = {
  create: (device: { deviceId: string; userId: string }) => string
  /** The device that a token is for; undefined where it is not one of ours, or for another account. */
  read: (token: string, userId: string) => string | undefined
}

export function createDeviceTokens(key: Buffer): DeviceTokens {
  const sign = (deviceId: string, userId: string) => createHmac('sha256', key).update(`${deviceId} ${userId}`).digest()
  return {
    create: ({ deviceId, userId }) => `${deviceId}.${sign(deviceId, userId).toString('base64url')}`,
    read(token, userId) {
      const [deviceId = '', mac = ''] = token.split('.')
      const presented = Buffer.from(mac, 'base64url')
      const expected = sign(deviceId, userId)
      const isGenuine = presented.length === expected.length && timingSafeEqual(presented, expected)
      return isGenuine ? deviceId : undefined
    },
  }
}
