import { setTimeout as delay } from 'node:timers/promises'
import { rtpPacket, vp8KeyFrame } from '@secureconnect/test/media'
import type { World } from '../chat/world.ts'
import { Calls } from './calls.ts'
import { packetBytes } from './flow.ts'
import { type OurStream, openIn, payloadType, ssrc } from './streams.ts'

const receiversInRoom = 9
const perSecond = 275
/** What one worker is taken to do at most, twice over. */
export const offeredPerSecond = 50_000
const roomEveryMs = 1_000
const tickMs = 4
const settleMs = 1_000
const headerBytes = 12
const payload = vp8KeyFrame(packetBytes - headerBytes)

/** Rooms that wanted to talk, those that could, and how the packets of these fared while more wanted to. */
export type Overload = {
  roomsOffered: number
  roomsAdmitted: number
  refusals: number
  packetsPerSecond: number
  lossRatio: number
}

/** Sends on each of these streams, also on those that are added, at the same pace. */
class Senders implements Disposable {
  readonly streams: OurStream[] = []
  readonly #sent = new Map<OurStream, { count: number; since: number }>()
  readonly #timer = setInterval(() => this.#sendDue(), tickMs)

  /** How many packets are on their way to their receivers, or there. */
  countSent(): number {
    return this.streams.reduce((sum, stream) => sum + (this.#sent.get(stream)?.count ?? 0) * stream.receivers, 0)
  }

  countReceived(): number {
    return this.streams.reduce((sum, { countReceived }) => sum + countReceived(), 0)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #sendDue(): void {
    const now = performance.now()
    for (const stream of this.streams) {
      const sent = this.#sent.get(stream) ?? { count: 0, since: now }
      this.#sent.set(stream, sent)
      const due = Math.floor(((now - sent.since) / 1_000) * perSecond)
      for (; sent.count < due; sent.count += 1) {
        const timestamp = Math.round((sent.count * 90_000) / perSecond)
        stream.send(rtpPacket({ ssrc, payloadType, sequence: sent.count, timestamp, payload }))
      }
    }
  }
}

/** Opens a room in which one talks; undefined where the service has no room for it. */
async function tryRoom(calls: Calls): Promise<OurStream | undefined> {
  try {
    return await openIn(calls, receiversInRoom)
  } catch (error) {
    if (String(error).includes('CAPACITY')) return undefined
    throw error
  }
}

/** Rooms come until twice of what one worker does is asked for, and go on to for so many more seconds. */
export async function measureOverload(world: World, seconds: number): Promise<Overload> {
  await using calls = await Calls.start(world)
  using senders = new Senders()
  const roomsOffered = Math.ceil(offeredPerSecond / (receiversInRoom * perSecond))
  let refusals = 0
  const offer = async () => {
    const nextAt = performance.now() + roomEveryMs
    const stream = await tryRoom(calls)
    if (stream) senders.streams.push(stream)
    else refusals += 1
    await delay(Math.max(0, nextAt - performance.now()))
  }
  for (let room = 0; room < roomsOffered; room += 1) await offer()
  const roomsAdmitted = senders.streams.length
  const [sent, received, startedAt] = [senders.countSent(), senders.countReceived(), performance.now()]
  while (performance.now() - startedAt < seconds * 1_000) await offer()
  const elapsedSeconds = (performance.now() - startedAt) / 1_000
  senders[Symbol.dispose]()
  const packets = senders.countSent() - sent
  await delay(settleMs)
  return {
    roomsOffered,
    roomsAdmitted,
    refusals,
    packetsPerSecond: packets / elapsedSeconds,
    lossRatio: 1 - (senders.countReceived() - received) / packets,
  }
}
