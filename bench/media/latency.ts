import { setTimeout as delay } from 'node:timers/promises'
import { DirectLine, isRtp, rtpPacket, vp8KeyFrame } from '@secureconnect/test/media'
import type { World } from '../chat/world.ts'
import { packetBytes } from './flow.ts'
import { openOurs, payloadType, ssrc } from './streams.ts'

const packetEveryMs = 5
const settleMs = 300
const stampBytes = 8
const headerBytes = 12

/** How long packets took, with nothing between both ends, and through the worker. */
export type Latency = { directMs: number[]; oursMs: number[] }

type Line = {
  send: (packet: Buffer) => void
  onPacket: (listener: (packet: Buffer) => void) => void
}

/** Sends packets that say when they were sent; both ends are in this process, so they have one clock. */
async function measureLine({ send, onPacket }: Line, sequences: { next: number }, packets: number): Promise<number[]> {
  const tookMs: number[] = []
  onPacket((packet) => {
    if (isRtp(packet)) tookMs.push(performance.now() - packet.readDoubleLE(packet.length - stampBytes))
  })
  for (let sent = 0; sent < packets; sent += 1) {
    const payload = vp8KeyFrame(packetBytes - headerBytes)
    payload.writeDoubleLE(performance.now(), payload.length - stampBytes)
    const sequence = sequences.next++
    send(rtpPacket({ ssrc, payloadType, sequence, timestamp: sequence * 450, payload }))
    await delay(packetEveryMs)
  }
  await delay(settleMs)
  onPacket(() => undefined)
  return tookMs
}

/** A camera in a call of two, and the same packets over a line of their own, by turns. */
export async function measureLatency(world: World, rounds: number, packets: number): Promise<Latency> {
  await using stack = new AsyncDisposableStack()
  const ours = await openOurs(stack, world, 1)
  const direct = stack.adopt(await DirectLine.open(), (line) => line.close())
  const lines = {
    oursMs: { line: ours, sequences: { next: 1 } },
    directMs: {
      line: {
        send: (packet: Buffer) => direct.send(packet),
        onPacket: (listener: (packet: Buffer) => void) => direct.onPacket(listener),
      },
      sequences: { next: 1 },
    },
  }
  const found: Latency = { directMs: [], oursMs: [] }
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of ['oursMs', 'directMs'] as const) {
      const { line, sequences } = lines[name]
      const tookMs = await measureLine(line, sequences, packets)
      // The first round only warms up.
      if (round > 0) found[name].push(...tookMs)
    }
  }
  return found
}
