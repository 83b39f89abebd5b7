/** A device of somebody, by the key that it signs with, as base64. */
export type KnownDevice = { deviceId: string; identityKey: string }

/** What one knows of somebody's devices: those that were seen last, and those that were compared with him. */
export type Trust = {
  readonly devices: readonly KnownDevice[]
  /** Null where nothing was ever compared. */
  readonly verified: readonly KnownDevice[] | null
}

/** What is to be told, loudly, before anything more is said to somebody. */
export type TrustChange = {
  readonly added: readonly KnownDevice[]
  readonly removed: readonly KnownDevice[]
  /** The same device, with another key: it was set up anew, or somebody stands in its place. */
  readonly replaced: readonly KnownDevice[]
  /** What one had compared with him does not hold any more. */
  readonly wasVerified: boolean
}

const isSame = (one: KnownDevice, other: KnownDevice) =>
  one.deviceId === other.deviceId && one.identityKey === other.identityKey

const has = (devices: readonly KnownDevice[], wanted: KnownDevice) => devices.some((one) => isSame(one, wanted))

/**
 * Takes in the devices that somebody has now. The first time there is nothing to compare them with; from then on
 * whatever is another is a change to be told. A device less is one too: what was compared stays good without it.
 */
export function noteDevices(
  before: Trust | undefined,
  devices: readonly KnownDevice[],
): { trust: Trust; change: TrustChange | undefined } {
  if (!before) return { trust: { devices, verified: null }, change: undefined }
  const wasThere = ({ deviceId }: KnownDevice) => before.devices.some((one) => one.deviceId === deviceId)
  const isThere = ({ deviceId }: KnownDevice) => devices.some((one) => one.deviceId === deviceId)
  const unknown = devices.filter((one) => !has(before.devices, one))
  const removed = before.devices.filter((one) => !isThere(one))
  const trust = { ...before, devices }
  if (unknown.length + removed.length === 0) return { trust, change: undefined }
  const wasVerified = trustOf(before) === 'verified' && trustOf(trust) !== 'verified'
  const [replaced, added] = [unknown.filter(wasThere), unknown.filter((one) => !wasThere(one))]
  return { trust, change: { added, removed, replaced, wasVerified } }
}

/** Notes that the safety number was compared with somebody while he had these devices. */
export function verify(trust: Trust): Trust {
  return { ...trust, verified: trust.devices }
}

/** Whether somebody's devices are those that were compared with him; `changed` where he has others since. */
export function trustOf({ devices, verified }: Trust): 'unverified' | 'verified' | 'changed' {
  if (verified === null) return 'unverified'
  return devices.every((one) => has(verified, one)) ? 'verified' : 'changed'
}
