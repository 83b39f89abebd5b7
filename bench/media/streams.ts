import { MediaLine, type RemoteEnd } from '@secureconnect/test/media'
import { mediaWorker } from '@secureconnect/test/stack'
import { describeStream, rtpCapabilities } from '@secureconnect/video-service/testing'
import type { types } from 'mediasoup'
import type { World } from '../chat/world.ts'
import { Measured } from '../shared/measured.ts'
import type { BareRequest } from './bare-mediasoup.ts'
import { Calls } from './calls.ts'
import type { Stream } from './flow.ts'
import { findWorker } from './worker-process.ts'

export const ssrc = 77
const rtpParameters = describeStream('video', ssrc)
export const payloadType = rtpParameters.codecs[0]?.payloadType ?? 0
const common = { ssrc, payloadType }

/** A stream of ours, of which one receiver can be looked at packet by packet. */
export type OurStream = Stream & { onPacket: (listener: (packet: Buffer) => void) => void }

/** A camera that so many receive in a room of ours. */
export async function openOurs(stack: AsyncDisposableStack, world: World, receivers: number): Promise<OurStream> {
  return await openIn(stack.use(await Calls.start(world)), receivers)
}

/** The same beside other rooms. */
export async function openIn(calls: Calls, receivers: number): Promise<OurStream> {
  const call = await calls.begin(receivers + 1)
  const [sender, ...peers] = await calls.joinAll(call, receivers + 1)
  await sender.produce('camera', rtpParameters)
  for (const peer of peers) {
    const { consumer_id } = await peer.offer(sender, 'camera')
    await peer.socket.ask('consumer.ready', { consumer_ids: [consumer_id] })
  }
  const countReceived = () => peers.reduce((sum, { received }) => sum + sumOf(received.bySsrc.values()), 0)
  const workerPid = findWorker(calls.video.pid)
  let listen = (_packet: Buffer): void => undefined
  peers[0]?.watch((packet) => listen(packet))
  const onPacket = (listener: (packet: Buffer) => void) => {
    listen = listener
  }
  return { ...common, receivers, workerPid, send: (packet) => sender.send(packet), countReceived, onPacket }
}

/** The same camera, of mediasoup alone. */
export async function openBare(stack: AsyncDisposableStack, receivers: number): Promise<Stream> {
  const args = [await mediaWorker()]
  const bare = stack.use(await Measured.start('../media/bare-mediasoup.ts', { args, isForwarder: true }))
  const ask = async (request: BareRequest) => {
    const answer = await fetch(bare.url, { method: 'POST', body: JSON.stringify(request) })
    return (await answer.json()) as RemoteEnd & { id: string }
  }
  const open = async (direction: 'send' | 'recv') => {
    const line = stack.adopt(await MediaLine.create(direction), (made) => made.close())
    const { id, ...remote } = await ask({ act: 'create' })
    await ask({ act: 'connect', id, dtlsParameters: line.dtlsParameters })
    await line.connect(remote)
    return { line, id }
  }
  let received = 0
  const sender = await open('send')
  // What our schema calls unknown, mediasoup calls any.
  const parameters = rtpParameters as types.RtpParameters
  const capabilities = rtpCapabilities as types.RtpCapabilities
  const { id: producerId } = await ask({ act: 'produce', id: sender.id, rtpParameters: parameters })
  for (let count = 0; count < receivers; count += 1) {
    const { line, id } = await open('recv')
    line.onPacket((packet) => {
      if (packet.readUInt8(1) < 192 || packet.readUInt8(1) > 223) received += 1
    })
    await ask({ act: 'consume', id, producerId, rtpCapabilities: capabilities })
  }
  const workerPid = findWorker(bare.pid)
  return { ...common, receivers, workerPid, send: (packet) => sender.line.send(packet), countReceived: () => received }
}

function sumOf(values: Iterable<number>): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}
