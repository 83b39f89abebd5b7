import {
  createDevice,
  createKeyPackage,
  type Device,
  decodeDevice,
  decodeKeyPackage,
  encodeDevice,
  encodeKeyPackage,
  listWelcomed,
  type OwnKeyPackage,
  publishKeyPackage,
  type Vault,
} from '@secureconnect/e2ee/groups'
import { limits } from '@secureconnect/protocol/constants'
import { digestOf } from './digest.ts'
import type { Needed } from './needs.ts'

const deviceKey = 'device'
const packagePrefix = 'package:'
const lastResortPrefix = 'last-resort:'
const usedPrefix = 'used:'
/** Enough for a while, and far from the most that may wait. */
const packagesAtOnce = 50

async function loadDevice({ client, vault }: Needed): Promise<Device | undefined> {
  const kept = await vault.read(deviceKey)
  const device = kept && decodeDevice(kept)
  if (device && device.userId !== client.userId) throw new Error('This vault belongs to another person.')
  return device
}

/** Makes key packages and keeps them before anybody is given one, so that each welcome finds its own. */
async function addPackages({ client, vault }: Needed, device: Device, isLastResort: boolean): Promise<void> {
  const count = isLastResort ? 1 : packagesAtOnce
  const made = await Promise.all(Array.from({ length: count }, () => createKeyPackage(device)))
  const prefix = isLastResort ? lastResortPrefix : packagePrefix
  await vault.write(new Map(made.map((own) => [prefix + own.ref, encodeKeyPackage(own)])))
  await client.rest.keys.upload({
    device_id: device.deviceId,
    identity_key: device.identityKey,
    key_packages: made.map((own) => ({
      key_package: publishKeyPackage(own),
      ...(isLastResort && { last_resort: true }),
    })),
  })
}

/** Has key packages wait for those who bring this device into groups. */
export async function refill(needed: Needed, device: Device): Promise<void> {
  const { key_packages, has_last_resort } = await needed.client.rest.keys.count()
  if (key_packages <= limits.keysPerDevice.low) await addPackages(needed, device, false)
  if (!has_last_resort) await addPackages(needed, device, true)
}

/** This browser or process as one of its person's devices: the one that it was before, or a new one. */
export async function openDevice(needed: Needed, name: string): Promise<Device> {
  const { client, vault } = needed
  const { userId } = client
  if (userId === undefined) throw new Error('Sign in first.')
  const before = await loadDevice(needed)
  const { device_id } = await client.rest.devices.register({ name, ...(before && { device_id: before.deviceId }) })
  const device = before ?? (await createDevice({ userId, deviceId: device_id }))
  if (!before) await vault.write(new Map([[deviceKey, encodeDevice(device)]]))
  await refill(needed, device)
  return device
}

/** A key package of one's own: as it is found by a welcome, and what is to be written once it served. */
export type Found = { own: OwnKeyPackage; spent: Map<string, Uint8Array | undefined> }

/**
 * The key package that a welcome is for; `repeated` where this very welcome came before, and `used` where the key package
 * served for another one, which an honest service does not bring about.
 */
export async function findPackage(
  vault: Vault,
  device: Device,
  welcome: string,
): Promise<Found | 'used' | 'repeated' | undefined> {
  const digest = await digestOf(welcome)
  for (const ref of listWelcomed(welcome)) {
    const once = await vault.read(packagePrefix + ref)
    if (once) {
      const spent = new Map([
        [packagePrefix + ref, undefined],
        [usedPrefix + ref, new TextEncoder().encode(digest)],
      ])
      return { own: await decodeKeyPackage(once, device), spent }
    }
    const lasting = await vault.read(lastResortPrefix + ref)
    if (lasting) return { own: await decodeKeyPackage(lasting, device), spent: new Map() }
    const used = await vault.read(usedPrefix + ref)
    if (used) return new TextDecoder().decode(used) === digest ? 'repeated' : 'used'
  }
  return undefined
}
