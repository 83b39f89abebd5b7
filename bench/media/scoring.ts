import { setTimeout as delay } from 'node:timers/promises'
import { rtpPacket } from '@secureconnect/test/media'
import { describeStream, type TestPeer } from '@secureconnect/video-service/testing'
import type { World } from '../chat/world.ts'
import { Calls } from './calls.ts'
import { findWorker, readCpuMs } from './worker-process.ts'

/**
 * In calls of two there is most to ask for each stream that is received. So many of them are looked at so much more
 * often than usual, which asks for as much as all of `scoredConsumers` do.
 */
const callsOfTwo = 25
const timesAsOften = 10
const usualMs = 5_000
export const scoredConsumers = callsOfTwo * 2 * timesAsOften
const longestMs = 60_000
/** What is scored needs packets, and it makes no difference how many. */
const packetEveryMs = 100
const payload = Buffer.alloc(60)

/** Shares of a core: of the service and its worker, with scores and without them, by turns. */
export type Scoring = { scored: number[]; unscored: number[] }

export async function measureScoring(world: World, rounds: number, seconds: number): Promise<Scoring> {
  await using scored = await startTalking(world, usualMs / timesAsOften)
  await using unscored = await startTalking(world, longestMs)
  const found: Scoring = { scored: [], unscored: [] }
  for (let round = 0; round < rounds; round += 1) {
    found.scored.push(await scored.measure(seconds))
    found.unscored.push(await unscored.measure(seconds))
  }
  return found
}

async function startTalking(world: World, everyMs: number) {
  await using stack = new AsyncDisposableStack()
  const calls = stack.use(await Calls.start(world, { CALL_QUALITY_MS: String(everyMs) }))
  const peers: TestPeer[] = []
  for (let count = 0; count < callsOfTwo; count += 1) peers.push(...(await talk(calls, peers.length)))
  const pids = [calls.video.pid, findWorker(calls.video.pid)]
  const owned = stack.move()
  return {
    async measure(seconds: number): Promise<number> {
      const stop = startSending(peers)
      const readAll = () => pids.reduce((sum, pid) => sum + readCpuMs(pid), 0)
      const [before, startedAt] = [readAll(), performance.now()]
      await delay(seconds * 1_000)
      stop()
      return (readAll() - before) / (performance.now() - startedAt)
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** Two who have a microphone each and receive the other's. */
async function talk(calls: Calls, first: number): Promise<TestPeer[]> {
  const peers = await calls.joinAll(await calls.begin(2), 2)
  for (const [index, peer] of peers.entries()) await peer.produce('mic', describeStream('audio', ssrcOf(first + index)))
  for (const [index, peer] of peers.entries()) {
    const [other] = peers.filter((_, at) => at !== index)
    if (!other) continue
    const { consumer_id } = await peer.offer(other)
    await peer.socket.ask('consumer.ready', { consumer_ids: [consumer_id] })
  }
  return peers
}

const ssrcOf = (index: number) => 500_000 + index
const sequences = new WeakMap<TestPeer, number>()

function startSending(peers: readonly TestPeer[]): () => void {
  const timer = setInterval(() => {
    for (const [index, peer] of peers.entries()) {
      const sequence = (sequences.get(peer) ?? 0) + 1
      sequences.set(peer, sequence)
      const timestamp = sequence * packetEveryMs * 48
      peer.send(rtpPacket({ ssrc: ssrcOf(index), payloadType: 111, sequence, timestamp, payload }))
    }
  }, packetEveryMs)
  return () => clearInterval(timer)
}
