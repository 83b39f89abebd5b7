import { setTimeout as sleep } from 'node:timers/promises'
import { withoutRequest } from '@secureconnect/logging'
import type { Counted, Reservation } from '../stores/login-attempts.ts'
import { throttleRules } from './throttle-rules.ts'

const askAgainMs = 50

type Waiter = { giveUpAt: number; resolve: (reservation: Reservation) => void; reject: (error: unknown) => void }

/**
 * Lets attempts of one counter wait in line for the budget. One of them asks for all, so that a thousand guesses at
 * once cost the database no more than a few; and a lock that ends while they wait lets none of them in.
 */
export function createWaitingLines(ask: (counted: Counted) => Promise<Reservation>) {
  const lines = new Map<string, Waiter[]>()

  async function serveFirst(line: Waiter[], counted: Counted): Promise<void> {
    const reservation = await ask(counted)
    if (reservation.kind === 'reserved') return line.shift()?.resolve(reservation)
    const isLate = ({ giveUpAt }: Waiter) => reservation.kind !== 'held' || Date.now() >= giveUpAt
    while (line[0] && isLate(line[0])) line.shift()?.resolve(reservation)
    if (line.length > 0) await sleep(askAgainMs)
  }

  async function serve(line: Waiter[], counted: Counted): Promise<void> {
    try {
      while (line.length > 0) await serveFirst(line, counted)
    } catch (error) {
      for (const { reject } of line) reject(error)
    }
    lines.delete(counted.counter)
  }

  return (counted: Counted): Promise<Reservation> => {
    const { promise, resolve, reject } = Promise.withResolvers<Reservation>()
    const waiter = { giveUpAt: Date.now() + throttleRules.patienceMs, resolve, reject }
    const line = lines.get(counted.counter)
    if (line) line.push(waiter)
    else {
      const started = [waiter]
      lines.set(counted.counter, started)
      void withoutRequest(() => serve(started, counted))
    }
    return promise
  }
}
