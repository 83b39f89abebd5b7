import { json } from 'node:stream/consumers'
import { mediaCodecs } from '@secureconnect/video-service/codecs'
import { createWorker, type types } from 'mediasoup'
import { serve } from '../shared/child.ts'

/** The least that can be done with mediasoup: one worker and one router, with nothing checked, counted or told. */
const [, , workerBin = ''] = process.argv
const worker = await createWorker({ workerBin, logLevel: 'error' })
const listenInfos = (['udp', 'tcp'] as const).map((protocol) => ({ protocol, ip: '127.0.0.1' }))
const webRtcServer = await worker.createWebRtcServer({ listenInfos })
const router = await worker.createRouter({ mediaCodecs })
const transports = new Map<string, types.WebRtcTransport>()

export type BareRequest =
  | { act: 'create' }
  | { act: 'connect'; id: string; dtlsParameters: types.DtlsParameters }
  | { act: 'produce'; id: string; rtpParameters: types.RtpParameters }
  | { act: 'consume'; id: string; producerId: string; rtpCapabilities: types.RtpCapabilities }

async function answer(request: BareRequest): Promise<object> {
  if (request.act === 'create') {
    const made = await router.createWebRtcTransport({
      webRtcServer,
      preferUdp: true,
      initialAvailableOutgoingBitrate: 1_000_000,
    })
    transports.set(made.id, made)
    const { id, iceParameters, iceCandidates, dtlsParameters } = made
    return { id, iceParameters, iceCandidates, dtlsParameters }
  }
  const transport = transports.get(request.id)
  if (!transport) throw new Error('There is no such transport')
  if (request.act === 'connect') await transport.connect(request)
  if (request.act === 'produce') {
    const { id } = await transport.produce({ kind: 'video', rtpParameters: request.rtpParameters })
    return { id }
  }
  if (request.act === 'consume') {
    const { producerId, rtpCapabilities } = request
    await transport.consume({ producerId, rtpCapabilities })
  }
  return {}
}

serve((request, response) => {
  // The bench is the only one who asks.
  void json(request)
    .then((asked) => answer(asked as BareRequest))
    .then((data) => response.end(JSON.stringify(data)))
})
