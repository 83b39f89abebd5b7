import type { SignalingReply } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import type { Delivery } from '../media/delivery.ts'
import { type Input, seatedRequest } from './request.ts'

type About = `consumer.${'ready' | 'pause' | 'resume' | 'show' | 'prefer'}`

/** What is asked about what oneself receives. */
export function createConsumerRequests(context: Pick<Context, 'rooms'>) {
  function about<T extends About>(type: T, change: (delivery: Delivery, frame: Input<T>['frame']) => Promise<void>) {
    return seatedRequest<T>(context, type, async ({ room, participant }, frame) => {
      const { consumer_ids: ids } = frame
      const unknown = await room.media.changeDeliveries(participant, ids, (delivery) => change(delivery, frame))
      return { unknown } as SignalingReply<T>
    })
  }
  return {
    'consumer.ready': about('consumer.ready', (delivery) => delivery.take(true)),
    'consumer.pause': about('consumer.pause', (delivery) => delivery.take(false)),
    'consumer.resume': about('consumer.resume', (delivery) => delivery.take(true)),
    'consumer.show': about('consumer.show', (delivery, { width, height }) => delivery.show({ width, height })),
    'consumer.prefer': about('consumer.prefer', (delivery, { spatial, temporal, priority }) =>
      delivery.prefer({
        ...(spatial !== undefined && { spatial, temporal }),
        ...(priority !== undefined && { priority }),
      }),
    ),
  }
}
