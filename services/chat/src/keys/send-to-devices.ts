import { type ChatRequest, limits } from '@secureconnect/protocol'
import { validationError } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { addDeviceMessages, type DevicePlace, holdRecipients } from '../stores/device-messages.ts'
import { listMates, type OfSession } from '../stores/devices.ts'
import { getDeviceOf } from './device-of.ts'

const placeOf = ({ user_id, device_id }: DevicePlace) => `${user_id} ${device_id}`
const toPlace = ({ user_id, device_id }: DevicePlace): DevicePlace => ({ user_id, device_id })

/** The nudge after which the sockets of a person look into the queues of their devices. */
export const queueNudge = { type: 'device.queue' } as const

/**
 * Leaves messages with devices of people with whom one shares a conversation. Those that cannot be left are told, and
 * the others are left all the same: their sender only has to look anew at who has which devices.
 */
export async function sendToDevices(
  { sql, fanOut }: Pick<Context, 'sql' | 'fanOut'>,
  { session, to }: { session: OfSession; to: ChatRequest<'device.send'>['to'] },
) {
  if (new Set(to.map(placeOf)).size < to.length)
    throw validationError([{ field: 'to', message: 'must name each device once' }])
  const { userId } = session
  const { device_id: deviceId } = await getDeviceOf(sql, session)
  const userIds = [...new Set(to.map(({ user_id }) => user_id))]
  const reachable = new Set([userId, ...(await listMates(sql, userId, userIds))])
  const wanted = to.filter(({ user_id }) => reachable.has(user_id))
  return sql.transaction(async (tx) => {
    const present = new Map((await holdRecipients(tx, wanted, userId)).map((one) => [placeOf(one), one.of_sender]))
    const hasRoom = (one: DevicePlace) => (present.get(placeOf(one)) ?? 0) < limits.deviceMessages.ofOneSender
    const known = wanted.filter((one) => present.has(placeOf(one)))
    const left = known.filter(hasRoom)
    await addDeviceMessages(tx, { userId, deviceId }, left)
    const told = new Set(left.map(({ user_id }) => user_id))
    await fanOut.addUserFrames(
      tx,
      [...told].map((each) => ({ userId: each, frame: queueNudge })),
    )
    const isKnown = new Set(known)
    return {
      unknown: to.filter((one) => !isKnown.has(one)).map(toPlace),
      full: known.filter((one) => !hasRoom(one)).map(toPlace),
    }
  })
}
