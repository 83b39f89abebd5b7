import assert from 'node:assert/strict'
import { until } from '../helpers/index.ts'
import { type Act, allActs } from './acts.ts'
import type { Scene, Sign } from './script.ts'
import type { Traffic } from './traffic.ts'

/** What is wrong has to be seen, and to be gone again, within this. */
export const visibleWithinMs = 10_000

/** How many milliseconds it takes until this is seen, or is over. */
export async function measureSign({ name, isSeen }: Sign, scene: Scene, isWanted: boolean) {
  const startedAt = performance.now()
  const isSo = async () => (await isSeen(scene).catch(() => false)) === isWanted
  await until(isWanted ? `this is seen: ${name}` : `this is over: ${name}`, isSo, visibleWithinMs)
  return Math.round(performance.now() - startedAt)
}

/** How many milliseconds after the fault every act was done again, and each one that began later. */
export async function measureReturn(traffic: Traffic, healedAt: number, withinMs: number): Promise<number> {
  const findBack = (act: Act) => {
    const own = traffic.since(healedAt).filter((outcome) => outcome.act === act)
    const lastFault = own.findLastIndex(({ isDone }) => !isDone)
    return own[lastFault + 1]
  }
  const allBack = () => allActs.every((act) => findBack(act))
  await until('everything is done again', allBack, withinMs + 5_000)
  const at = Math.max(...allActs.map((act) => findBack(act)?.beganAt ?? Number.POSITIVE_INFINITY))
  assert.ok(at - healedAt <= withinMs, `everything was done again only after ${Math.round(at - healedAt)} ms`)
  return Math.round(at - healedAt)
}
