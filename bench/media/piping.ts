import { setTimeout as delay } from 'node:timers/promises'
import { rtpPacket } from '@secureconnect/test/media'
import { describeStream, type TestPeer } from '@secureconnect/video-service/testing'
import type { World } from '../chat/world.ts'
import { Calls } from './calls.ts'
import { findWorkers, readCpuMs } from './worker-process.ts'

/** One room: so many are in it, and so many of them speak. */
export const room = { people: 60, speakers: 8, perSecond: 30 } as const
const streams = room.speakers * (room.people - 1)
const firstSsrc = 10_000
const tickMs = 4
const settleMs = 700
const payload = Buffer.alloc(160, 1)

/** What the workers of one room did, and how the people in it were spread over them. */
export type RoomFlow = {
  packetsPerSecond: number
  cpuRatios: number[]
  cpuUsPerPacket: number
  lossRatio: number
  peopleEach: number[]
}
export type Piping = { one: RoomFlow[]; two: RoomFlow[] }

type Filled = { peers: TestPeer[]; workerPids: number[] }

async function listen(peer: TestPeer, speakers: readonly TestPeer[]): Promise<void> {
  const offers = await Promise.all(speakers.map((speaker) => peer.offer(speaker)))
  const consumer_ids = offers.map(({ consumer_id }) => consumer_id)
  if (consumer_ids.length > 0) await peer.socket.ask('consumer.ready', { consumer_ids })
}

/** They come one after the other, and the first ones speak. */
async function fillRoom(calls: Calls): Promise<Filled> {
  const call = await calls.begin(room.people)
  const peers: TestPeer[] = []
  for (const person of [call.caller, ...call.others]) {
    const peer = await calls.join(person, call)
    await peer.connect('recv')
    const speakers = peers.slice(0, room.speakers)
    await listen(peer, speakers)
    peers.push(peer)
    if (peers.length > room.speakers) continue
    await peer.produce('mic', describeStream('audio', firstSsrc + peers.length))
    await Promise.all(speakers.map((other) => listen(other, [peer])))
  }
  return { peers, workerPids: findWorkers(calls.video.pid) }
}

const countAll = (peers: readonly TestPeer[]) =>
  peers.reduce((sum, { received }) => sum + [...received.bySsrc.values()].reduce((all, count) => all + count, 0), 0)

/** Has everybody who speaks send for a while, from `first` on. */
async function measureRoom({ peers, workerPids }: Filled, first: number, seconds: number): Promise<RoomFlow> {
  const payloadType = describeStream('audio', firstSsrc).codecs[0]?.payloadType ?? 0
  const speakers = peers.slice(0, room.speakers)
  const [before, cpuBefore, startedAt] = [countAll(peers), workerPids.map(readCpuMs), performance.now()]
  let sent = 0
  let elapsedSeconds = 0
  while (elapsedSeconds < seconds) {
    await delay(tickMs)
    elapsedSeconds = (performance.now() - startedAt) / 1_000
    for (const due = Math.floor(elapsedSeconds * room.perSecond); sent < due; sent += 1) {
      const sequence = first + sent
      for (const [index, speaker] of speakers.entries()) {
        const ssrc = firstSsrc + index + 1
        speaker.send(rtpPacket({ ssrc, payloadType, sequence, timestamp: sequence * 1_600, payload }))
      }
    }
  }
  await delay(settleMs)
  const usedMs = workerPids.map((pid, index) => readCpuMs(pid) - (cpuBefore[index] ?? 0))
  const packets = sent * streams
  return {
    packetsPerSecond: packets / elapsedSeconds,
    cpuRatios: usedMs.map((ms) => ms / 1_000 / elapsedSeconds),
    cpuUsPerPacket: (usedMs.reduce((sum, ms) => sum + ms, 0) * 1_000) / packets,
    lossRatio: 1 - (countAll(peers) - before) / packets,
    peopleEach: [...Map.groupBy(peers, ({ port }) => port).values()].map(({ length }) => length),
  }
}

/** The same room on one worker and, joined by pipes, on two, by turns. */
export async function measurePiping(world: World, rounds: number, seconds: number): Promise<Piping> {
  await using alone = await Calls.start(world)
  await using spread = await Calls.start(world, {
    MEDIA_WORKERS: '2',
    MEDIA_STREAMS_PER_WORKER: String(Math.ceil(streams / 2)),
  })
  const rooms = { one: await fillRoom(alone), two: await fillRoom(spread) }
  const found: Piping = { one: [], two: [] }
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of ['one', 'two'] as const) {
      const flow = await measureRoom(rooms[name], 1 + round * seconds * room.perSecond * 2, seconds)
      // The first round only warms up.
      if (round > 0) found[name].push(flow)
    }
  }
  return found
}
