import { setTimeout as delay } from 'node:timers/promises'
import type { Visitor } from '@secureconnect/web/visitors'

export type Page = Visitor['page']
export type Pace = { times: number; slowdown: number }

/** What somebody does, and when what he wants stands on the page: a condition in its own words. */
export type Act = {
  prepare?: (time: number) => Promise<unknown>
  act: (time: number) => Promise<unknown>
  isShown: (time: number) => string
}

/** Of one act, in milliseconds. */
export type Timing = { toPaint: number; longestTask: number; untilShown: number }
export type Timings = ReadonlyMap<string, readonly Timing[]>

/** What was shorter than this the browser does not tell. */
const shortest = { paintMs: 16, taskMs: 50 } as const
/** So long after a picture the browser may take to tell of it. */
const tellsWithinMs = 150

/** What takes longer does not come. */
const mostMs = 10_000

const watch = `
  globalThis.told = { paints: [], tasks: [], startedAt: undefined }
  new PerformanceObserver((list) => {
    for (const { interactionId, duration } of list.getEntries()) if (interactionId) told.paints.push(duration)
  }).observe({ type: 'event', durationThreshold: ${shortest.paintMs} })
  new PerformanceObserver((list) => told.tasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask' })
  for (const type of ['pointerdown', 'keydown', 'wheel']) {
    addEventListener(type, ({ timeStamp }) => (told.startedAt ??= timeStamp), { capture: true, passive: true })
  }
  addEventListener('wheel', ({ timeStamp }) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => told.paints.push(performance.now() - timeStamp)
    port2.postMessage('after the frame')
  }), { capture: true, passive: true })`

async function timeOnce(page: Page, { prepare, act, isShown }: Act, time: number): Promise<Timing> {
  await prepare?.(time)
  await delay(tellsWithinMs)
  await page.evaluate(`
    Object.assign(told, { paints: [], tasks: [], startedAt: undefined })
    globalThis.shown = new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error('It was never shown.')), ${mostMs})
      const look = () => {
        if (told.startedAt !== undefined && (${isShown(time)})) resolve(performance.now() - told.startedAt)
        else requestAnimationFrame(look)
      }
      look()
    })
    undefined`)
  await act(time)
  const untilShown = (await page.evaluate('shown')) as number
  await delay(tellsWithinMs)
  const { paints, tasks } = (await page.evaluate('told')) as { paints: number[]; tasks: number[] }
  return {
    toPaint: Math.max(shortest.paintMs, ...paints),
    longestTask: Math.max(shortest.taskMs, ...tasks),
    untilShown,
  }
}

/** Has each act done so many times, one after the other, on a processor that is so much slower. */
export async function timeActs(
  page: Page,
  acts: Readonly<Record<string, Act>>,
  { times, slowdown }: Pace,
): Promise<Timings> {
  await page.evaluate(watch)
  const tools = await page.context().newCDPSession(page)
  await tools.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
  const timings = new Map<string, Timing[]>()
  for (const [name, act] of Object.entries(acts)) {
    const timed: Timing[] = []
    for (let time = 0; time < times; time++) {
      const timing = timeOnce(page, act, time).catch((cause: unknown) => {
        throw new Error(`"${name}" did not come to its end the ${time + 1}. time.`, { cause })
      })
      timed.push(await timing)
    }
    timings.set(name, timed)
  }
  await tools.detach()
  return timings
}
