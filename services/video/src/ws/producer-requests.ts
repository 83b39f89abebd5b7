import type { Context } from '../context.ts'
import { seatedRequest } from './request.ts'

/** What is asked about what oneself publishes. */
export function createProducerRequests(context: Pick<Context, 'rooms'>) {
  return {
    produce: seatedRequest(context, 'produce', async ({ room, participant }, frame) => {
      const { transport_id: transportId, rtp_parameters: rtpParameters, kind, source, is_paused, width, height } = frame
      room.encryption.assertFits(frame.is_encrypted ?? false)
      const isPaused = is_paused ?? false
      const picture = width && height ? { width, height } : undefined
      const publishing = { transportId, rtpParameters, kind, source, isPaused, picture }
      const { producer } = await room.media.publish(participant, publishing)
      return { producer_id: producer.id }
    }),
    'producer.pause': seatedRequest(context, 'producer.pause', async ({ room, participant }, { producer_id }) => {
      await room.setPaused(participant, producer_id, true)
      return {}
    }),
    'producer.resume': seatedRequest(context, 'producer.resume', async ({ room, participant }, { producer_id }) => {
      await room.setPaused(participant, producer_id, false)
      return {}
    }),
    'producer.close': seatedRequest(context, 'producer.close', ({ room, participant }, { producer_id }) => {
      room.media.getPeer(participant).getPublication(producer_id).producer.close()
      return {}
    }),
  }
}
