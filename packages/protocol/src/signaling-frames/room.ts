import { Type } from 'typebox'
import { Nullable, Strict, Uuid } from '../fields.ts'
import { IceServer } from '../ice-server.ts'
import { limits } from '../limits.ts'
import { RequestId } from '../sockets.ts'
import { Push } from './push.ts'

const Data = Type.String({ minLength: 1, maxLength: limits.roomDataCharacters })

export const roomRequests = {
  'data.send': {
    frame: Strict({ type: Type.Literal('data.send'), id: RequestId, data: Data }),
    reply: Type.Object({}),
  },
} as const

export const DataFrame = Push('data', { participant_id: Uuid, data: Data })

/** Fresh credentials before the old ones end, or other servers. */
export const IceServersFrame = Push('ice_servers', {
  ice_servers: Type.Array(IceServer),
  ttl: Type.Integer({ description: 'Seconds' }),
  relay: Type.Boolean({ description: 'Whether any server relays; without one direct connections alone are tried' }),
})

/** Told at most twice a second, and not at all to who is slow: it has no `seq`. */
export const SpeakersFrame = Type.Object({
  type: Type.Literal('speakers'),
  active: Nullable(Uuid),
  levels: Type.Array(Type.Object({ participant_id: Uuid, level: Type.Integer({ description: 'dBov, -127 to 0' }) })),
})
