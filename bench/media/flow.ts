import { setTimeout as delay } from 'node:timers/promises'
import { rtpPacket, vp8KeyFrame } from '@secureconnect/test/media'
import { readCpuMs } from './worker-process.ts'

export const packetBytes = 1_100
const headerBytes = 12
const tickMs = 4
const settleMs = 700
const payload = vp8KeyFrame(packetBytes - headerBytes)

/** A stream that goes to many: how to send a packet of it, and how many have come, all receivers together. */
export type Stream = {
  ssrc: number
  payloadType: number
  receivers: number
  workerPid: number
  send: (packet: Buffer) => void
  countReceived: () => number
}

/** What a worker did: packets out, the CPU that they took, and what of them did not come. */
export type Flow = { packetsPerSecond: number; cpuRatio: number; cpuUsPerPacket: number; lossRatio: number }

const lastSequence = new WeakMap<Stream, number>()

/** Sends so many packets a second for a while, and looks at what came. */
export async function measureFlow(stream: Stream, perSecond: number, seconds: number): Promise<Flow> {
  const { ssrc, payloadType, receivers, workerPid, send, countReceived } = stream
  const first = lastSequence.get(stream) ?? 0
  const [receivedBefore, cpuBefore, startedAt] = [countReceived(), readCpuMs(workerPid), performance.now()]
  let sent = 0
  let elapsedSeconds = 0
  while (elapsedSeconds < seconds) {
    await delay(tickMs)
    elapsedSeconds = (performance.now() - startedAt) / 1_000
    for (const due = Math.floor(elapsedSeconds * perSecond); sent < due; ) {
      sent += 1
      const sequence = first + sent
      const timestamp = Math.round((sequence * 90_000) / perSecond)
      send(rtpPacket({ ssrc, payloadType, sequence, timestamp, payload }))
    }
  }
  await delay(settleMs)
  lastSequence.set(stream, first + sent)
  const cpuMs = readCpuMs(workerPid) - cpuBefore
  const packets = sent * receivers
  return {
    packetsPerSecond: packets / elapsedSeconds,
    cpuRatio: cpuMs / 1_000 / elapsedSeconds,
    cpuUsPerPacket: (cpuMs * 1_000) / packets,
    lossRatio: 1 - (countReceived() - receivedBefore) / packets,
  }
}
