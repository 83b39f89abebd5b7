import { setTimeout as delay } from 'node:timers/promises'
import type { World } from '../chat/world.ts'
import { Calls, talk } from './calls.ts'
import { findWorker, readMemoryBytes } from './worker-process.ts'

const roomOf = 10
const sendMs = 1_000
const settleMs = 3_000

/** What each of those in rooms of ten takes, who all send and all receive. */
export type Memory = { people: number; workerBytesEach: number; heapBytesEach: number }

/** Fills one room first, so that what comes with the first room is not counted. */
export async function measureMemory(world: World, rooms: number): Promise<Memory> {
  await using calls = await Calls.start(world)
  await fillRoom(calls)
  const look = async () => {
    await delay(settleMs)
    const { heapBytes } = await calls.video.collectedUsage()
    return { heapBytes, workerBytes: readMemoryBytes(findWorker(calls.video.pid)) }
  }
  const before = await look()
  for (let room = 0; room < rooms; room += 1) await fillRoom(calls)
  const after = await look()
  const people = rooms * roomOf
  return {
    people,
    workerBytesEach: (after.workerBytes - before.workerBytes) / people,
    heapBytesEach: (after.heapBytes - before.heapBytes) / people,
  }
}

/** They send for a while only: what too many send at once would be refused, or wait for the load. */
async function fillRoom(calls: Calls): Promise<void> {
  const peers = await calls.joinAll(await calls.begin(roomOf), roomOf)
  await talk(peers, 'camera')
  await delay(sendMs)
  for (const peer of peers) peer.stopSending()
}
