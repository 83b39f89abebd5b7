import { setTimeout as delay } from 'node:timers/promises'

/** How a request was answered, and after how long since it was due. */
export type Answered = { status: number; ms: number; hasRetryAfter: boolean }

export type Offer = {
  perSecond: number
  seconds: number
  send: (n: number) => Promise<{ statusCode: number; headers: Record<string, string | string[] | undefined> }>
}

/**
 * Sends requests at a steady rate, each when it is due, however many are still unanswered: as people do, who do not
 * know of each other. Status 0 stands for a connection that broke.
 */
export async function offer({ perSecond, seconds, send }: Offer): Promise<Answered[]> {
  const answered: Answered[] = []
  const ask = async (n: number) => {
    const sentAt = performance.now()
    const note = (status: number, hasRetryAfter: boolean) =>
      answered.push({ status, hasRetryAfter, ms: performance.now() - sentAt })
    try {
      const { statusCode, headers } = await send(n)
      note(statusCode, headers['retry-after'] !== undefined)
    } catch {
      note(0, false)
    }
  }
  const startAt = performance.now()
  const underWay: Promise<void>[] = []
  while (underWay.length < perSecond * seconds) {
    const dueAt = startAt + (underWay.length * 1_000) / perSecond
    if (dueAt > performance.now()) await delay(1)
    else underWay.push(ask(underWay.length))
  }
  await Promise.all(underWay)
  return answered
}

export function percentile(answered: readonly Answered[], share: number): number {
  const sorted = answered.map(({ ms }) => ms).toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
