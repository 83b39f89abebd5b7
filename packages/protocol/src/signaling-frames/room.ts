import { type Static, Type } from 'typebox'
import { Nullable, Strict, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { IceServers } from '../operations/ice-servers.ts'
import { RequestId } from '../sockets.ts'
import { Push } from './push.ts'

const Data = Type.String({ minLength: 1, maxLength: limits.roomDataBytes })
const isEncrypted = Type.Boolean({ description: 'Readable with the keys of the call alone: so in encrypted calls' })

export const roomRequests = {
  'data.send': {
    frame: Strict({
      type: Type.Literal('data.send'),
      id: RequestId,
      data: Data,
      is_encrypted: Type.Optional(isEncrypted),
    }),
    reply: Type.Object({}),
  },
} as const

export const DataFrame = Push('data', { participant_id: Uuid, data: Data, is_encrypted: isEncrypted })

/** Fresh credentials before the old ones end, or other servers. */
export const IceServersFrame = Push('ice_servers', IceServers.properties)

/** Told at most twice a second, and not at all to who is slow: it has no `seq`. */
export const SpeakersFrame = Type.Object({
  type: Type.Literal('speakers'),
  active: Nullable(Uuid),
  levels: Type.Array(Type.Object({ participant_id: Uuid, level: Type.Integer({ description: 'dBov, -127 to 0' }) })),
})

const Score = Nullable(
  Type.Number({ minimum: 0, maximum: 5, multipleOf: 0.5, description: 'From 0, nothing comes through, to 5' }),
  { description: 'Null while nothing goes that way' },
)

/** How well media go to and from somebody in the room. */
export const ParticipantQuality = Type.Object({ participant_id: Uuid, up: Score, down: Score })
export type ParticipantQuality = Static<typeof ParticipantQuality>

/** Told every few seconds, of those with whom it has changed, and first of all; it has no `seq`. */
export const QualityFrame = Type.Object({ type: Type.Literal('quality'), scores: Type.Array(ParticipantQuality) })
