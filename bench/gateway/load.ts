import { setTimeout as delay } from 'node:timers/promises'
import autocannon from 'autocannon'
import { Pool } from 'undici'
import type { Measured } from '../shared/measured.ts'

/** One request, sent over and over. */
export type Shape = {
  name: string
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body?: string
}

/** What went through, what each request cost the measured process, and how much of a core that was. */
export type Saturated = { perSecond: number; cpuUsEach: number; coreShare: number; p99Ms: number; failed: number }

export type Paced = { p50Ms: number; p99Ms: number; failed: number }

export const connections = 50
export const pacePerSecond = 500

/** As many requests as go through. */
export async function saturate(target: Measured, shape: Shape, seconds: number): Promise<Saturated> {
  const { method, path, headers, body } = shape
  const before = await target.usage()
  const startedAt = performance.now()
  const result = await autocannon({
    url: `${target.url}${path}`,
    method,
    headers,
    ...(body !== undefined && { body }),
    connections,
    duration: seconds,
  })
  const elapsedMs = performance.now() - startedAt
  const cpuUs = (await target.usage()).cpuUs - before.cpuUs
  const { requests, duration, latency, non2xx, errors } = result
  return {
    perSecond: requests.total / duration,
    cpuUsEach: cpuUs / requests.total,
    coreShare: cpuUs / 1_000 / elapsedMs,
    p99Ms: latency.p99,
    failed: non2xx + errors,
  }
}

function pick(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN
}

/**
 * Latencies at a steady rate. Each request is sent when it is due, whatever else is still unanswered, and is counted
 * from then: what waits for a slow answer before it waits too. A timer that comes late is this bench's fault alone.
 */
export async function pace(target: Measured, shape: Shape, seconds: number): Promise<Paced> {
  const { method, path, headers, body = null } = shape
  const pool = new Pool(target.url, { connections, pipelining: 1 })
  const latencies: number[] = []
  let failed = 0
  const ask = async () => {
    const sentAt = performance.now()
    try {
      const answer = await pool.request({ method, path, headers, body })
      await answer.body.dump()
      if (answer.statusCode !== 200) failed += 1
      latencies.push(performance.now() - sentAt)
    } catch {
      failed += 1
    }
  }
  const startAt = performance.now()
  const underWay: Promise<void>[] = []
  while (underWay.length < pacePerSecond * seconds) {
    const dueAt = startAt + (underWay.length * 1_000) / pacePerSecond
    if (dueAt > performance.now()) await delay(1)
    else underWay.push(ask())
  }
  await Promise.all(underWay)
  await pool.close()
  latencies.sort((a, b) => a - b)
  return { p50Ms: pick(latencies, 0.5), p99Ms: pick(latencies, 0.99), failed }
}
