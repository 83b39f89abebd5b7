import { setTimeout as delay } from 'node:timers/promises'
import { limits } from '@secureconnect/protocol'
import type { Measured } from '../shared/measured.ts'
import { Listening } from './listening.ts'
import { subscribing } from './subscribing.ts'
import type { World } from './world.ts'

export const idleSockets = 10_000

export type Idle = { kilobytesEach: number; coreShare: number }

/** What so many people cost who are there and say nothing: each in a group of ten that their sockets listen to. */
export async function measureIdle(world: World, chat: Measured, seconds: number): Promise<Idle> {
  const people = await world.createPeople(idleSockets / limits.socketsPerUser)
  const groups: string[] = []
  for (let n = 0; n < people.length; n += 10) groups.push(await world.createGroup(people.slice(n, n + 10)))
  const before = await chat.usage()
  const opening = {
    port: Number(new URL(chat.url).port),
    path: '/v1/ws/chat',
    sockets: people.flatMap(({ token }, n) => {
      const first = subscribing(groups[Math.floor(n / 10)] ?? '')
      return Array.from({ length: limits.socketsPerUser }, () => ({ token, first }))
    }),
  }
  await using listening = await Listening.create(opening)
  await listening.reached(3 * idleSockets)
  await delay(5_000)
  const opened = await chat.usage()
  await delay(seconds * 1_000)
  const after = await chat.usage()
  return {
    kilobytesEach: (after.rssBytes - before.rssBytes) / 1_024 / idleSockets,
    coreShare: (after.cpuUs - opened.cpuUs) / (seconds * 1_000_000),
  }
}
