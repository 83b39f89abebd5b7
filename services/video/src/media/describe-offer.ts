import type { SignalingPush } from '@secureconnect/protocol'
import type { Push } from './participant.ts'
import type { Publication, Received } from './peer.ts'

/** How a stream is offered to who is to receive it. */
export function describeOffer(publication: Publication, { consumer, transportId }: Received): Push {
  const { participantId: participant_id, source, producer } = publication
  const { id: consumer_id, kind } = consumer
  // What mediasoup makes of parameters that our schema let through has the same shape.
  const rtp_parameters = consumer.rtpParameters as Extract<SignalingPush, { type: 'consumer.new' }>['rtp_parameters']
  const [producer_id, transport_id] = [producer.id, transportId]
  return { type: 'consumer.new', consumer_id, transport_id, producer_id, participant_id, source, kind, rtp_parameters }
}
