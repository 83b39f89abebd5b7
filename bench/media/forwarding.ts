import type { World } from '../chat/world.ts'
import { type Flow, measureFlow, type Stream } from './flow.ts'
import { openBare, openOurs } from './streams.ts'

export const receivers = 50
const pacePerSecond = 200
const climbPerSecond = [300, 400, 500, 600] as const

/** At one pace, by turns; and how our worker does as the pace rises. */
export type Forwarding = { ours: Flow[]; bare: Flow[]; climb: Flow[] }

export async function measureForwarding(world: World, rounds: number, seconds: number): Promise<Forwarding> {
  await using stack = new AsyncDisposableStack()
  const [ours, bare] = [await openOurs(stack, world, receivers), await openBare(stack, receivers)]
  const found: Forwarding = { ours: [], bare: [], climb: [] }
  const measure = (stream: Stream, perSecond: number) => measureFlow(stream, perSecond, seconds)
  for (let round = 0; round <= rounds; round += 1) {
    const flows = { ours: await measure(ours, pacePerSecond), bare: await measure(bare, pacePerSecond) }
    // The first round only warms up.
    if (round === 0) continue
    found.ours.push(flows.ours)
    found.bare.push(flows.bare)
  }
  for (const perSecond of climbPerSecond) found.climb.push(await measure(ours, perSecond))
  return found
}

/** Many who receive one sender. */
export async function measureCrowd(world: World, people: number, seconds: number): Promise<Flow> {
  await using stack = new AsyncDisposableStack()
  const stream = await openOurs(stack, world, people)
  await measureFlow(stream, crowdPerSecond, 1)
  return await measureFlow(stream, crowdPerSecond, seconds)
}

export const crowdPerSecond = 95
