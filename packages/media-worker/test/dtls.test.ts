import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countPackets, MediaLine, rtpPacket } from '@secureconnect/test/media'
import { mediaWorker } from '@secureconnect/test/stack'
import { createWorker } from 'mediasoup'

const packets = 50
const [sourceSsrc, payloadType] = [0x1234, 111]

test('packets go through the worker from one DTLS-SRTP connection to another, and it lives on', async (t) => {
  const worker = await createWorker({ workerBin: await mediaWorker(), logLevel: 'error' })
  t.after(() => worker.close())
  worker.on('died', (error) => assert.fail(error))
  const webRtcServer = await worker.createWebRtcServer({ listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }] })
  const codec = { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 } as const
  const router = await worker.createRouter({ mediaCodecs: [codec] })

  const join = async (direction: 'send' | 'recv') => {
    const transport = await router.createWebRtcTransport({ webRtcServer })
    const line = await MediaLine.create(direction)
    t.after(() => line.close())
    await transport.connect({ dtlsParameters: line.dtlsParameters })
    await line.connect(transport)
    return { transport, line }
  }
  const [sender, receiver] = await Promise.all([join('send'), join('recv')])
  const producer = await sender.transport.produce({
    kind: 'audio',
    rtpParameters: { codecs: [{ ...codec, payloadType }], encodings: [{ ssrc: sourceSsrc }] },
  })
  const consumer = await receiver.transport.consume({
    producerId: producer.id,
    rtpCapabilities: router.rtpCapabilities,
  })
  const ssrc = consumer.rtpParameters.encodings?.[0]?.ssrc
  assert.ok(ssrc)

  const received = countPackets()
  const all = Promise.withResolvers<void>()
  receiver.line.onPacket((packet) => {
    received.note(packet)
    if (received.bySsrc.get(ssrc) === packets) all.resolve()
  })
  for (let sequence = 0; sequence < packets; sequence += 1) {
    sender.line.send(rtpPacket({ ssrc: sourceSsrc, payloadType, sequence, timestamp: sequence * 960 }))
  }
  await all.promise
  assert.equal(receiver.transport.dtlsState, 'connected')
  const [{ packetCount } = {}] = (await producer.getStats()).filter(({ type }) => type === 'inbound-rtp')
  assert.equal(packetCount, packets)
})
