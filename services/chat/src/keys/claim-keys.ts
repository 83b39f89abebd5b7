import { type ClaimedKey, type KeyKind, limits } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { tooManyClaims } from '../errors.ts'
import { type DeviceRow, holdKeyedDevices, type OfSession } from '../stores/devices.ts'
import { noteClaims } from '../stores/key-claims.ts'
import { countKeys, type Key, listLastResorts, takeKeys } from '../stores/one-time-keys.ts'
import { assertReachable } from './assert-reachable.ts'
import { toDeviceKeys } from './to-device-keys.ts'

type Claim = OfSession & { userIds: readonly string[]; kind: KeyKind }

async function assertWithinLimit(tx: Transaction, { userId, userIds }: Claim): Promise<void> {
  // Own devices have to be brought into every group that one is in.
  const others = userIds.filter((id) => id !== userId)
  if (others.length === 0) return
  const exceeded = (await noteClaims(tx, userId, others)).filter(({ claims }) => claims > limits.claimsPerDay)
  if (exceeded.length > 0) throw tooManyClaims(Math.max(...exceeded.map(({ ends_in_ms }) => ends_in_ms)))
}

type Left = Pick<Context, 'fanOut'> & { devices: readonly DeviceRow[]; kind: KeyKind }

/** Tells those of whose keys few are left. */
async function tellLow(tx: Transaction, { fanOut, devices, kind }: Left): Promise<void> {
  const counts = await countKeys(
    tx,
    devices.map(({ user_id }) => user_id),
  )
  const frames = devices.flatMap(({ user_id: userId, device_id }) => {
    const isOwn = (count: (typeof counts)[number]) =>
      count.user_id === userId && count.device_id === device_id && count.kind === kind && !count.is_last_resort
    const left = counts.find(isOwn)?.keys ?? 0
    return left > limits.keysPerDevice.low
      ? []
      : [{ userId, frame: { type: 'keys.low', device_id, kind, left } as const }]
  })
  if (frames.length > 0) await fanOut.addUserFrames(tx, frames)
}

const placeOf = ({ user_id, device_id }: Pick<Key, 'user_id' | 'device_id'>) => `${user_id} ${device_id}`

type Found = { taken: Key | undefined; lastResort: Key | undefined }

function toClaimed(device: DeviceRow, kind: KeyKind, { taken, lastResort }: Found): ClaimedKey {
  const common = { ...toDeviceKeys(device), is_last_resort: taken === undefined }
  if (kind === 'key_package')
    return { ...common, one_time_pre_key: null, key_package: taken?.body ?? lastResort?.body ?? null }
  // Without a one-time key the signed one has to do.
  const { key_id, body } = taken ?? { key_id: null, body: '' }
  return { ...common, one_time_pre_key: key_id === null ? null : { key_id, public_key: body }, key_package: null }
}

/** Gives one key of each device of some people to whoever asks: of all of them, or of none. */
export async function claimKeys({ sql, fanOut }: Pick<Context, 'sql' | 'fanOut'>, claim: Claim): Promise<ClaimedKey[]> {
  const { userId, sessionId, userIds, kind } = claim
  await assertReachable(sql, userId, userIds)
  return sql.transaction(async (tx) => {
    await assertWithinLimit(tx, claim)
    const devices = await holdKeyedDevices(tx, { userIds, exceptSession: sessionId })
    const taken = new Map((await takeKeys(tx, devices, kind)).map((key) => [placeOf(key), key]))
    const lastResorts = new Map((await listLastResorts(tx, userIds)).map((key) => [placeOf(key), key]))
    await tellLow(tx, { fanOut, devices, kind })
    return devices.map((device) => {
      const place = placeOf(device)
      return toClaimed(device, kind, { taken: taken.get(place), lastResort: lastResorts.get(place) })
    })
  })
}
