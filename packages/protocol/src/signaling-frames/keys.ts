import { Type } from 'typebox'
import { Base64, Strict, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { RequestId } from '../sockets.ts'
import { Push } from './push.ts'

const key = {
  epoch: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  ciphertext: Base64({ max: limits.senderKeyCharacters }),
}

/** How those in an encrypted call give each other the keys of what they publish. */
export const keyRequests = {
  'e2ee.key': {
    frame: Strict({ type: Type.Literal('e2ee.key'), id: RequestId, ...key }),
    reply: Type.Object({}),
  },
} as const

export const SenderKeyFrame = Push('e2ee.key', { participant_id: Uuid, ...key })
export const KeyEpochFrame = Push('e2ee.epoch', { epoch: key.epoch })
