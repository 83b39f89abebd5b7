import type { Context } from '../context.ts'
import { seatedRequest } from './request.ts'

/** What is asked about transports. */
export function createTransportRequests(context: Pick<Context, 'rooms'>) {
  return {
    'transport.create': seatedRequest(context, 'transport.create', async ({ room, participant }, { direction }) => {
      const transport = await room.media.createTransport(participant, direction)
      return {
        transport_id: transport.id,
        ice_parameters: transport.iceParameters,
        ice_candidates: transport.iceCandidates,
        dtls_parameters: transport.dtlsParameters,
      }
    }),
    'transport.connect': seatedRequest(context, 'transport.connect', async ({ room, participant }, frame) => {
      await room.media.getPeer(participant).connectTransport(frame.transport_id, frame.dtls_parameters)
      return {}
    }),
    'transport.restart_ice': seatedRequest(context, 'transport.restart_ice', async ({ room, participant }, frame) => {
      return { ice_parameters: await room.media.getPeer(participant).restartIce(frame.transport_id) }
    }),
  }
}
