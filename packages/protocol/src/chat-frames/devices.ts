import { type Static, Type } from 'typebox'
import { Base64, Nullable, Strict, Timestamp, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { KeyKind } from '../operations/keys.ts'
import { RequestId } from '../sockets.ts'

const { waiting, ofOneSender } = limits.deviceMessages

const placeOfDevice = { user_id: Uuid, device_id: Uuid }
const DevicePlace = Type.Object(placeOfDevice)
const Position = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

export const deviceRequests = {
  'device.send': {
    frame: Strict({
      type: Type.Literal('device.send'),
      id: RequestId,
      to: Type.Array(Strict({ ...placeOfDevice, ciphertext: Base64({ max: limits.encryptedCharacters }) }), {
        minItems: 1,
        maxItems: limits.devicesPerFrame,
      }),
    }),
    reply: Type.Object({
      unknown: Type.Array(DevicePlace, {
        description: 'There is no such device, or it is nobody’s whom one may reach',
      }),
      full: Type.Array(DevicePlace, { description: `${ofOneSender} messages of oneself wait there already` }),
    }),
  },
  'device.ack': {
    frame: Strict({ type: Type.Literal('device.ack'), id: RequestId, up_to: Position }),
    reply: Type.Object({}),
  },
} as const

export const DeviceListChangedFrame = Type.Object({ type: Type.Literal('device.list_changed'), user_id: Uuid })
export const KeysLowFrame = Type.Object({
  type: Type.Literal('keys.low'),
  device_id: Uuid,
  kind: KeyKind,
  left: Type.Integer(),
})

export const DeviceMessageFrame = Type.Object({
  type: Type.Literal('device.message'),
  device_id: Uuid,
  position: Type.Integer({
    description: `Without holes; what is missing waited too long, or was one of more than ${waiting}`,
  }),
  sender_id: Uuid,
  sender_device_id: Uuid,
  ciphertext: Nullable(Type.String({ description: 'null where it is a long welcome: fetch it with its commit' })),
  conversation_id: Nullable(Uuid),
  commit_id: Nullable(Uuid),
  sent_at: Timestamp,
})
export type DeviceMessageFrame = Static<typeof DeviceMessageFrame>
