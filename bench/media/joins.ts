import { setTimeout as delay } from 'node:timers/promises'
import type { TestPeer } from '@secureconnect/video-service/testing'
import type { Person, World } from '../chat/world.ts'
import { type Call, Calls, talk } from './calls.ts'

const roomOf = 10
const rooms = 10
export const crowd = { joins: 100, withinMs: 10_000 } as const

/** How long people took from opening a socket to the first packet of a call, and how many did not get so far. */
export type Joins = { tookMs: number[]; failed: number }

type Arrival = { peer: TestPeer; tookMs: number }

/** All that a client does: its socket, its place, a transport, an offer taken, a packet come. */
async function arrive(calls: Calls, call: Call, person: Person): Promise<Arrival> {
  const startedAt = performance.now()
  const peer = await calls.join(person, call)
  const first = peer.packet(() => true, 10_000)
  // It is awaited only after what may fail before it.
  first.catch(() => undefined)
  await peer.connect('recv')
  const { consumer_id } = await peer.socket.nextOf('consumer.new')
  await peer.socket.ask('consumer.ready', { consumer_ids: [consumer_id] })
  await first
  return { peer, tookMs: performance.now() - startedAt }
}

/** One after the other, each the tenth in a room whose nine others all talk. */
export async function measureJoins(world: World, count: number): Promise<Joins> {
  await using calls = await Calls.start(world)
  const call = await calls.begin(roomOf - 1 + count)
  await talk(await calls.joinAll(call, roomOf - 1), 'mic')
  const joins: Joins = { tookMs: [], failed: 0 }
  for (const person of call.others.slice(roomOf - 2)) {
    const { peer, tookMs } = await arrive(calls, call, person)
    joins.tookMs.push(tookMs)
    await peer.socket.ask('leave', {})
    peer.hangUp()
  }
  return joins
}

/** Many at a steady pace, whether those before have arrived or not, into rooms where somebody talks. */
export async function measureRush(world: World): Promise<Joins> {
  await using calls = await Calls.start(world)
  const comers: { call: Call; person: Person }[] = []
  for (let room = 0; room < rooms; room += 1) {
    const call = await calls.begin(1 + crowd.joins / rooms)
    await (await calls.join(call.caller, call)).publish('mic')
    for (const person of call.others) comers.push({ call, person })
  }
  const startedAt = performance.now()
  const arriving = comers.map(async ({ call, person }, index) => {
    await delay(Math.max(0, startedAt + (index * crowd.withinMs) / crowd.joins - performance.now()))
    return arrive(calls, call, person)
  })
  const arrivals = await Promise.allSettled(arriving)
  const arrived = arrivals.flatMap((one) => (one.status === 'fulfilled' ? one.value.tookMs : []))
  return { tookMs: arrived, failed: arrivals.length - arrived.length }
}
