import { Type } from 'typebox'
import { MediaSource } from '../call.ts'
import { Strict, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { RequestId } from '../sockets.ts'
import { Push } from './push.ts'
import { MediaKind, RtpParameters } from './rtp.ts'

const pixels = { minimum: 1, maximum: limits.picturePixels }

function AboutProducer<T extends string>(type: T) {
  const frame = Strict({ type: Type.Literal(type), id: RequestId, producer_id: Uuid })
  return { frame, reply: Type.Object({}) }
}

export const publishingRequests = {
  produce: {
    frame: Strict({
      type: Type.Literal('produce'),
      id: RequestId,
      transport_id: Uuid,
      kind: MediaKind,
      source: MediaSource,
      rtp_parameters: RtpParameters,
      is_paused: Type.Optional(Type.Boolean()),
      is_encrypted: Type.Optional(
        Type.Boolean({
          description: 'Its frames are encrypted by who publishes it: so in encrypted calls, and in no others',
        }),
      ),
      width: Type.Optional(
        Type.Integer({ ...pixels, description: 'Of the picture in its largest size; without it 1,280 by 720' }),
      ),
      height: Type.Optional(Type.Integer(pixels)),
    }),
    reply: Type.Object({ producer_id: Uuid }),
  },
  'producer.pause': AboutProducer('producer.pause'),
  'producer.resume': AboutProducer('producer.resume'),
  'producer.close': AboutProducer('producer.close'),
} as const

export const ProducerControlFrame = Push('producer.control', {
  producer_id: Uuid,
  layers_needed: Type.Integer({ minimum: 0, description: 'How many spatial layers anybody looks at, from the lowest' }),
})
