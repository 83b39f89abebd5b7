import { setTimeout as delay } from 'node:timers/promises'
import { toSignalingUrl } from '../calls/connecting.ts'
import { findOtherNode } from '../stores/nodes.ts'
import { tellNode } from './tell-node.ts'

/** Rooms go one after the other, so that not all of their people come to the next node at once. */
const mostBetweenMs = 250
const lookEveryMs = 500
const tellEveryMs = 5_000

type Needed = Parameters<typeof tellNode>[0]

/**
 * Has the calls of a process that is to stop go on at other nodes. As long as none takes them it waits for calls to end or
 * for a node to come, within its time for stopping; who is still there then comes back to the process that follows.
 */
export async function leaveRooms(context: Needed): Promise<void> {
  const { sql, config, rooms, events, log } = context
  const drainMs = config.drainSeconds * 1_000
  const untilMs = performance.now() + drainMs
  await rooms.leave()
  await tellNode(context).catch((error) => log.warn({ error }, 'other processes hear late that this one stops'))
  const betweenMs = Math.min(mostBetweenMs, drainMs / 2 / Math.max(1, rooms.count))
  let toldAt = Number.NEGATIVE_INFINITY
  while (rooms.count > 0) {
    const leftMs = untilMs - performance.now()
    const { count: calls } = rooms
    try {
      const node = await findOtherNode(sql.background, { holder: rooms.holder })
      if (node !== undefined) {
        await rooms.moveOne({ node, signalingUrl: toSignalingUrl(config, node) })
        await delay(betweenMs)
        continue
      }
    } catch (error) {
      log.warn({ error }, 'a call could not be brought to another node')
    }
    if (leftMs <= 0) return events.roomsAbandoned(calls)
    if (performance.now() - toldAt > tellEveryMs) {
      toldAt = performance.now()
      events.roomsWaitedFor({ calls, people: rooms.seats.listPeople().length, leftMs: Math.round(leftMs) })
    }
    await delay(Math.min(lookEveryMs, leftMs))
  }
}
