import type { SignalingRequest } from '@secureconnect/protocol'
import type { types } from 'mediasoup'
import type { Context } from '../context.ts'
import { seatedRequest } from './request.ts'

type Preference = SignalingRequest<'consumer.prefer'>

async function prefer(consumer: types.Consumer, { spatial, temporal, priority }: Preference): Promise<void> {
  const hasLayers = consumer.type === 'simulcast' || consumer.type === 'svc'
  if (hasLayers && spatial !== undefined) {
    await consumer.setPreferredLayers({
      spatialLayer: spatial,
      ...(temporal !== undefined && { temporalLayer: temporal }),
    })
  }
  if (priority !== undefined) await consumer.setPriority(priority)
}

/** What is asked about what oneself receives. */
export function createConsumerRequests(context: Pick<Context, 'rooms'>) {
  type About = 'consumer.ready' | 'consumer.pause' | 'consumer.resume'
  const about = (type: About, change: (consumer: types.Consumer) => Promise<void>) =>
    seatedRequest(context, type, async ({ room, participant }, { consumer_ids }) => {
      return { unknown: await room.media.changeConsumers(participant, consumer_ids, change) }
    })
  return {
    'consumer.ready': about('consumer.ready', (consumer) => consumer.resume()),
    'consumer.pause': about('consumer.pause', (consumer) => consumer.pause()),
    'consumer.resume': about('consumer.resume', (consumer) => consumer.resume()),
    'consumer.prefer': seatedRequest(context, 'consumer.prefer', async ({ room, participant }, frame) => {
      const change = (consumer: types.Consumer) => prefer(consumer, frame)
      return { unknown: await room.media.changeConsumers(participant, frame.consumer_ids, change) }
    }),
  }
}
