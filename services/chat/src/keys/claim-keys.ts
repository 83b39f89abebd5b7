import { type ClaimedKey, type KeyKind, limits } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { tooManyClaims } from '../errors.ts'
import { type DeviceRow, holdKeyedDevices, type OfSession } from '../stores/devices.ts'
import { noteClaims } from '../stores/key-claims.ts'
import { type TakenKey, takeKeys } from '../stores/one-time-keys.ts'
import { assertReachable } from './assert-reachable.ts'
import { toDeviceKeys } from './to-device-keys.ts'

type Claim = OfSession & { userIds: readonly string[]; kind: KeyKind }

/** Of whom no more one-time keys are given to this claimer for now, and for how long. */
async function findSpared(tx: Transaction, { userId, userIds }: Claim): Promise<ReadonlyMap<string, number>> {
  // Own devices have to be brought into every group that one is in.
  const others = userIds.filter((id) => id !== userId)
  if (others.length === 0) return new Map()
  const exceeded = (await noteClaims(tx, userId, others)).filter(({ claims }) => claims > limits.claimsPerDay)
  return new Map(exceeded.map(({ target_id, ends_in_ms }) => [target_id, ends_in_ms]))
}

/** Takes keys; whoever took many of somebody is given the last resort, which uses nothing up, and is refused without one. */
async function takeSparingly(
  tx: Transaction,
  devices: readonly DeviceRow[],
  { kind, spared }: { kind: KeyKind; spared: ReadonlyMap<string, number> },
): Promise<TakenKey[]> {
  const asked = devices.map((device) => ({ ...device, is_spared: spared.has(device.user_id) }))
  const taken = await takeKeys(tx, asked, kind)
  const withheld = taken.filter(({ user_id, body, keys_left }) => spared.has(user_id) && body === null && keys_left > 0)
  // Of the other kind the signed key is the last resort.
  if (kind === 'key_package' && withheld.length > 0)
    throw tooManyClaims(Math.max(...withheld.map(({ user_id }) => spared.get(user_id) ?? 0)))
  return taken
}

/** Tells those of whose keys few are left. */
async function tellLow(
  tx: Transaction,
  { fanOut }: Pick<Context, 'fanOut'>,
  kind: KeyKind,
  taken: readonly TakenKey[],
) {
  const low = taken.filter(({ keys_left }) => keys_left <= limits.keysPerDevice.low)
  if (low.length === 0) return
  const frames = low.map(({ user_id: userId, device_id, keys_left: left }) => {
    return { userId, frame: { type: 'keys.low', device_id, kind, left } } as const
  })
  await fanOut.addUserFrames(tx, frames)
}

function toClaimed(device: DeviceRow, kind: KeyKind, { key_id, body, is_last_resort }: TakenKey): ClaimedKey {
  const common = { ...toDeviceKeys(device), is_last_resort }
  if (kind === 'key_package') return { ...common, one_time_pre_key: null, key_package: body }
  // Without a one-time key the signed one has to do.
  const one_time_pre_key = key_id === null || body === null ? null : { key_id, public_key: body }
  return { ...common, one_time_pre_key, key_package: null }
}

/** Gives one key of each device of some people to whoever asks: of all of them, or of none. */
export async function claimKeys(context: Pick<Context, 'sql' | 'fanOut'>, claim: Claim): Promise<ClaimedKey[]> {
  const { userId, sessionId, userIds, kind } = claim
  await assertReachable(context.sql, userId, userIds)
  return context.sql.transaction(async (tx) => {
    const spared = await findSpared(tx, claim)
    const devices = await holdKeyedDevices(tx, { userIds, exceptSession: sessionId })
    const taken = await takeSparingly(tx, devices, { kind, spared })
    await tellLow(tx, context, kind, taken)
    const byPlace = new Map(taken.map((key) => [`${key.user_id} ${key.device_id}`, key]))
    return devices.flatMap((device) => {
      const key = byPlace.get(`${device.user_id} ${device.device_id}`)
      return key ? [toClaimed(device, kind, key)] : []
    })
  })
}
