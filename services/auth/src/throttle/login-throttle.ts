import { createHmac } from 'node:crypto'
import { type Logger, withoutRequest } from '@secureconnect/logging'
import type { Sql } from '@secureconnect/sql'
import type { Events } from '../events/events.ts'
import { accountLocked, networkLocked } from '../protection-errors.ts'
import {
  type Attempt,
  failAttempt,
  passAttempt,
  type Reservation,
  releaseAttempt,
  reserveAttempt,
} from '../stores/login-attempts.ts'
import { throttleRules } from './throttle-rules.ts'
import { createWaitingLines } from './waiting-lines.ts'

/** Whose failures in a row are counted together, and the network they count for where that is a stranger's. */
export type Suspect = { userId: string | undefined; countedBy: readonly string[]; network?: string }

/** Bounds how often a secret may be guessed, over all processes and whatever happens at once. */
export type LoginThrottle = {
  /**
   * Counts an attempt, has it judged, and takes it off the count again unless it was wrong; if it cannot be judged, it
   * counts for nothing. Without budget it is refused with 429 and never judged.
   */
  attempt: (suspect: Suspect, judge: () => Promise<boolean>) => Promise<boolean>
}

type Options = { sql: Sql; key: Buffer; log: Logger; events: Pick<Events, 'attemptRefused'> }

/** Somebody unknown who names an account; those of one network share the budget for it. */
export function strangerAt(userId: string | undefined, name: string, network: string): Suspect {
  const account = userId === undefined ? ['name', name.toLowerCase()] : ['account', userId]
  return { userId, countedBy: [...account, network], network }
}

/** Somebody who proved before that he belongs to the account; what strangers do is not counted against him. */
export function insider(userId: string, by: 'device' | 'session' | 'second factor', id = ''): Suspect {
  return { userId, countedBy: [by, userId, id] }
}

function pickRetryMs(): number {
  return throttleRules.firstWaitMs * (1 + Math.random())
}

function toRefusal(reservation: Exclude<Reservation, { kind: 'reserved' }>) {
  if (reservation.kind === 'held') return accountLocked(pickRetryMs())
  const { kind, retryAfterMs } = reservation
  return kind === 'network locked' ? networkLocked(retryAfterMs) : accountLocked(retryAfterMs)
}

export function createLoginThrottle({ sql, key, log, events }: Options): LoginThrottle {
  const reserve = createWaitingLines((counted) => sql.transaction((tx) => reserveAttempt(tx, counted)))

  function toHash(parts: readonly string[]): string {
    return createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url')
  }

  /** A client that goes away after its guess does not take the outcome with it. */
  function settle(attempt: Attempt, isRight: boolean): Promise<void> {
    return withoutRequest(() =>
      sql.transaction((tx) => (isRight ? passAttempt(tx, attempt) : failAttempt(tx, attempt))),
    )
  }

  async function giveBack(attempt: Attempt): Promise<void> {
    try {
      await withoutRequest(() => releaseAttempt(sql, attempt))
    } catch (error) {
      log.debug({ error, dependency: 'sql' }, 'an attempt could not be given back; it expires by itself')
    }
  }

  return {
    async attempt({ userId, countedBy, network }, judge) {
      const counted = {
        counter: toHash(countedBy),
        network: network === undefined ? undefined : toHash(['network', network]),
      }
      const reservation = await reserve(counted)
      if (reservation.kind !== 'reserved') {
        const refusal = toRefusal(reservation)
        events.attemptRefused({ userId, reason: reservation.kind, retryAfterMs: refusal.retryAfterMs })
        throw refusal
      }
      const { attempt } = reservation
      const isRight = await judge().catch(async (error: unknown) => {
        await giveBack(attempt)
        throw error
      })
      await settle(attempt, isRight)
      return isRight
    },
  }
}
