import {
  createDevice,
  createKeyPackage,
  type Device,
  decodeDevice,
  decodeKeyPackage,
  encodeDevice,
  encodeKeyPackage,
  endOf,
  keyPackageDays,
  listWelcomed,
  type OwnKeyPackage,
  publishKeyPackage,
  type Vault,
} from '@secureconnect/e2ee/groups'
import { limits } from '@secureconnect/protocol/constants'
import { digestOf } from './digest.ts'
import type { Needed } from './needs.ts'
import { listByRef, namePackage, packagePrefixes, toForgettingOver } from './package-names.ts'

const deviceKey = 'device'
/** Enough for a while, and far from the most that may wait. */
const packagesAtOnce = 50

async function loadDevice({ client, vault }: Needed): Promise<Device | undefined> {
  const kept = await vault.read(deviceKey)
  const device = kept && decodeDevice(kept)
  if (device && device.userId !== client.userId) throw new Error('This vault belongs to another person.')
  return device
}

const { once, lasting, used } = packagePrefixes
const renewedKey = 'packages-renewed'
/** Half as long as they can be used: for the other half a welcome may be on its way to the old ones. */
const renewalMs = (keyPackageDays / 2) * 86_400_000

async function isRenewalDue(vault: Vault, now: number): Promise<boolean> {
  const kept = await vault.read(renewedKey)
  return !kept || now - Number(new TextDecoder().decode(kept)) >= renewalMs
}

type Making = { device: Device; prefix: typeof once | typeof lasting; count: number; now: number }

/** Makes key packages and keeps them before anybody is given one, so that each welcome finds its own. */
async function makePackages(vault: Vault, { device, prefix, count, now }: Making): Promise<string[]> {
  const made = await Promise.all(Array.from({ length: count }, () => createKeyPackage(device, now)))
  const nameOf = ({ ref, publicPackage }: OwnKeyPackage) => namePackage(prefix, { ref, until: endOf(publicPackage) })
  await vault.write(new Map(made.map((own) => [nameOf(own), encodeKeyPackage(own)])))
  return made.map(publishKeyPackage)
}

/** Has key packages wait for those who bring this device into groups, and none that is too old. */
export async function refill({ client, vault }: Needed, device: Device, now = Date.now()): Promise<void> {
  const { keys } = client.rest
  await vault.write(await toForgettingOver(vault, now))
  const waiting = await keys.count()
  const isRenewal = waiting.has_last_resort && (await isRenewalDue(vault, now))
  const isAll = isRenewal || !waiting.has_last_resort
  if (!isAll && waiting.key_packages > limits.keysPerDevice.low) return
  const oneTime = await makePackages(vault, { device, prefix: once, count: packagesAtOnce, now })
  const lastResort = isAll ? await makePackages(vault, { device, prefix: lasting, count: 1, now }) : []
  const key_packages = [
    ...oneTime.map((key_package) => ({ key_package })),
    ...lastResort.map((key_package) => ({ key_package, last_resort: true })),
  ]
  const { deviceId: device_id, identityKey: identity_key } = device
  await keys[isRenewal ? 'rotate' : 'upload']({ device_id, identity_key, key_packages })
  if (isAll) await vault.write(new Map([[renewedKey, new TextEncoder().encode(String(now))]]))
}

/** Puts new key packages into the place of those that wait, once that is due. */
export async function renew(needed: Needed, device: Device): Promise<void> {
  if (await isRenewalDue(needed.vault, Date.now())) await refill(needed, device)
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
  const [ofOne, ofMany, served] = await Promise.all([once, lasting, used].map((prefix) => listByRef(vault, prefix)))
  const read = async (key: string) => (await vault.read(key)) ?? new Uint8Array()
  for (const ref of listWelcomed(welcome)) {
    const [one, many, before] = [ofOne?.get(ref), ofMany?.get(ref), served?.get(ref)]
    if (one) {
      const spent = new Map([
        [one, undefined],
        [used + one.slice(once.length), new TextEncoder().encode(digest)],
      ])
      return { own: await decodeKeyPackage(await read(one), device), spent }
    }
    if (many) return { own: await decodeKeyPackage(await read(many), device), spent: new Map() }
    if (before) return new TextDecoder().decode(await read(before)) === digest ? 'repeated' : 'used'
  }
  return undefined
}
