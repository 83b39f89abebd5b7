import { AppError } from '@secureconnect/errors'
import { type Kv, nudge } from '@secureconnect/kv'
import type { Logger } from '@secureconnect/logging'
import { lifetimes } from '@secureconnect/protocol'
import { column, newId, type Queries, type Sql, type Transaction } from '@secureconnect/sql'
import { Type } from 'typebox'

const channel = 'revocations'
const sweepEveryMs = 2_000
/** A commit may become visible after one that began later: each sweep looks back this far. */
const overlapSeconds = 30
/** An access token ends by itself after this long, and its revocation may be forgotten. */
const rememberSeconds = lifetimes.accessTokenMs / 1_000 + 60
/** With SQL away this long nobody can say any more which sessions have ended. */
const trustedForMs = 600_000

const RevocationRow = Type.Object({ session_id: column.id, ends_earlier: column.flag })

type Listener = (sessionId: string) => void

/** The sessions that ended while their access tokens still live. SQL is the truth; Redis only makes it faster. */
export type Revocations = AsyncDisposable & {
  /** Whether a session is known to have ended. */
  isRevoked: (sessionId: string) => boolean
  /** Throws TOKEN_REVOKED for an ended session, 503 while that cannot be known. */
  assertLive: (sessionId: string) => Promise<void>
  onRevoked: (listener: Listener) => void
}

export function sessionEnded(): AppError {
  return new AppError('TOKEN_REVOKED', 'This session has ended: sign in again.')
}

/** Ends sessions for every process: part of the transaction that ends them, told to all once it is committed. */
export async function revokeSessions(
  tx: Transaction,
  sessionIds: readonly string[],
  kv: Pick<Kv, 'publish'>,
): Promise<void> {
  for (const sessionId of sessionIds) {
    await tx.execute`
      insert into revocations (session_id) values (${sessionId})
      on conflict (session_id) do nothing`
  }
  tx.afterCommit(() => {
    for (const sessionId of sessionIds) nudge(kv, channel, sessionId)
  })
}

function listRevoked(sql: Queries, seconds: number) {
  return sql.many(RevocationRow)`
    select session_id, ends_earlier from revocations where created_at > now() - ${seconds} * interval '1 second'`
}

/**
 * Ends all sessions that have begun up to now, also those that the database knows nothing of because it came back from a
 * backup. Their ids tell when they began.
 */
export async function revokeEarlierSessions(sql: Queries): Promise<void> {
  await sql.execute`insert into revocations (session_id, ends_earlier) values (${newId()}, true)`
}

/** Drops the revocations whose tokens have ended by themselves. */
export async function dropPastRevocations(sql: Queries): Promise<void> {
  await sql.execute`
    delete from revocations where created_at < now() - ${2 * rememberSeconds} * interval '1 second'`
}

type Options = { sql: Sql; kv: Kv; log: Logger }

/** Follows the revocations of all processes, by message and by sweeping SQL every two seconds. */
export function followRevocations({ sql, kv, log }: Options): Revocations {
  const revokedAt = new Map<string, number>()
  /** Who has a session from before this one has none any more. */
  let firstLive = ''
  const listeners = new Set<Listener>()
  let sweptAt = Number.NEGATIVE_INFINITY
  let sweeping: Promise<void> | undefined

  const isRevoked = (sessionId: string) => sessionId < firstLive || revokedAt.has(sessionId)

  function add(sessionId: string): void {
    if (revokedAt.has(sessionId)) return
    revokedAt.set(sessionId, Date.now())
    for (const listener of listeners) listener(sessionId)
  }

  function forgetOld(): void {
    const before = Date.now() - rememberSeconds * 1_000
    for (const [sessionId, at] of revokedAt) if (at < before) revokedAt.delete(sessionId)
  }

  async function sweep(): Promise<void> {
    const startedAt = Date.now()
    const missedSeconds = (startedAt - sweptAt) / 1_000
    try {
      const rows = await listRevoked(sql.background, Math.min(rememberSeconds, missedSeconds + overlapSeconds))
      for (const { session_id, ends_earlier } of rows) {
        if (!ends_earlier) add(session_id)
        else if (session_id > firstLive) firstLive = session_id
      }
      sweptAt = startedAt
      forgetOld()
    } catch (error) {
      log.warn({ error, dependency: 'sql', outcome: 'failed' }, 'the revocations could not be read')
    } finally {
      sweeping = undefined
    }
  }

  /** Whoever asks while a sweep runs waits for that one. */
  function sweepOnce(): Promise<void> {
    sweeping ??= sweep()
    return sweeping
  }

  const subscription = kv.subscribe(channel, add)
  const timer = setInterval(() => void sweepOnce(), sweepEveryMs).unref()

  return {
    isRevoked,
    async assertLive(sessionId) {
      if (Date.now() - sweptAt > trustedForMs) await sweepOnce()
      if (isRevoked(sessionId)) throw sessionEnded()
      if (Date.now() - sweptAt > trustedForMs) {
        throw new AppError('SERVICE_UNAVAILABLE', 'Sessions cannot be checked at the moment.', { retryAfterMs: 2_000 })
      }
    },
    onRevoked(listener) {
      listeners.add(listener)
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await sweeping
      await (await subscription)[Symbol.asyncDispose]()
    },
  }
}
