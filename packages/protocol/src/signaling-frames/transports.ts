import { Type } from 'typebox'
import { Strict, Uuid } from '../fields.ts'
import { RequestId } from '../sockets.ts'
import { DtlsParameters, IceCandidate, IceParameters } from './rtp.ts'

export const transportRequests = {
  'transport.create': {
    frame: Strict({
      type: Type.Literal('transport.create'),
      id: RequestId,
      direction: Type.Union([Type.Literal('send'), Type.Literal('recv')]),
    }),
    reply: Type.Object({
      transport_id: Uuid,
      ice_parameters: IceParameters,
      ice_candidates: Type.Array(IceCandidate),
      dtls_parameters: DtlsParameters,
    }),
  },
  'transport.connect': {
    frame: Strict({
      type: Type.Literal('transport.connect'),
      id: RequestId,
      transport_id: Uuid,
      dtls_parameters: DtlsParameters,
    }),
    reply: Type.Object({}),
  },
  'transport.restart_ice': {
    frame: Strict({ type: Type.Literal('transport.restart_ice'), id: RequestId, transport_id: Uuid }),
    reply: Type.Object({ ice_parameters: IceParameters }),
  },
} as const
