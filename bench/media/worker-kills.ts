import { setTimeout as delay } from 'node:timers/promises'
import type { TestPeer } from '@secureconnect/video-service/testing'
import type { World } from '../chat/world.ts'
import { Calls } from './calls.ts'
import { findWorker } from './worker-process.ts'

export const peopleInRoom = 50
/** One that dies as soon as it lives is not replaced at once, which is not what is measured. */
const livesMs = 1_500

/** Does what a client does when its media are gone; answers when they are back. */
async function recover(peer: TestPeer, speaker: TestPeer, afterSeq: number): Promise<number> {
  await peer.socket.nextOf('media.reset', ({ seq }) => seq > afterSeq, 10_000)
  await peer.rebuild()
  if (peer === speaker) return performance.now()
  const first = peer.packet(() => true, 10_000)
  // It is awaited only after what may fail before it.
  first.catch(() => undefined)
  const { consumer_id } = await peer.socket.nextOf('consumer.new', ({ seq }) => seq > afterSeq, 10_000)
  await peer.socket.ask('consumer.ready', { consumer_ids: [consumer_id] })
  await first
  return performance.now()
}

/** Kills the worker of a room in which one talks and all others hear him; answers how long each heard nothing. */
export async function measureKills(world: World, kills: number): Promise<number[]> {
  await using calls = await Calls.start(world)
  const call = await calls.begin(peopleInRoom)
  const [speaker, ...listeners] = await calls.joinAll(call, peopleInRoom)
  await speaker.publish('mic')
  for (const listener of listeners) await listener.receive(await listener.offer(speaker))
  const everybody = [speaker, ...listeners]
  const tookMs: number[] = []
  for (let kill = 0; kill < kills; kill += 1) {
    await delay(livesMs)
    const before = everybody.map(({ socket }) => socket.seq)
    const startedAt = performance.now()
    process.kill(findWorker(calls.video.pid), 'SIGKILL')
    const back = await Promise.all(everybody.map((peer, index) => recover(peer, speaker, before[index] ?? 0)))
    tookMs.push(...back.slice(1).map((at) => at - startedAt))
  }
  return tookMs
}
