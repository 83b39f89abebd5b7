import { Type } from 'typebox'
import { MediaSource } from '../call.ts'
import { Nullable, Strict, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { RequestId } from '../sockets.ts'
import { Push } from './push.ts'
import { MediaKind, RtpParameters } from './rtp.ts'

const Layer = Type.Integer({ minimum: 0, maximum: 7 })
const consumerIds = Type.Array(Uuid, { minItems: 1, maxItems: limits.consumersPerFrame, uniqueItems: true })
const shownPixels = { minimum: 0, maximum: limits.picturePixels }
const reply = Type.Object({ unknown: Type.Array(Uuid, { description: 'Those that are closed, or not one’s own' }) })

function AboutConsumers<T extends string>(type: T) {
  return { frame: Strict({ type: Type.Literal(type), id: RequestId, consumer_ids: consumerIds }), reply }
}

export const receivingRequests = {
  'consumer.ready': AboutConsumers('consumer.ready'),
  'consumer.pause': AboutConsumers('consumer.pause'),
  'consumer.resume': AboutConsumers('consumer.resume'),
  'consumer.show': {
    frame: Strict({
      type: Type.Literal('consumer.show'),
      id: RequestId,
      consumer_ids: consumerIds,
      width: Type.Integer({ ...shownPixels, description: 'In pixels of the screen; 0 where nobody can see it' }),
      height: Type.Integer(shownPixels),
    }),
    reply,
  },
  'consumer.prefer': {
    frame: Strict({
      type: Type.Literal('consumer.prefer'),
      id: RequestId,
      consumer_ids: consumerIds,
      spatial: Type.Optional(Layer),
      temporal: Type.Optional(Layer),
      priority: Type.Optional(Type.Integer({ minimum: 1, maximum: 255 })),
    }),
    reply,
  },
} as const

export const ConsumerNewFrame = Push('consumer.new', {
  consumer_id: Uuid,
  transport_id: Uuid,
  producer_id: Uuid,
  participant_id: Uuid,
  source: MediaSource,
  kind: MediaKind,
  rtp_parameters: RtpParameters,
})
export const ConsumerClosedFrame = Push('consumer.closed', { consumer_id: Uuid })
export const ConsumerLayersFrame = Push('consumer.layers', {
  consumer_id: Uuid,
  spatial: Nullable(Layer),
  temporal: Nullable(Layer),
})
