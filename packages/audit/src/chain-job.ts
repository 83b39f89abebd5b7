import { type Logger, withoutRequest } from '@secureconnect/logging'
import { newId, type Sql } from '@secureconnect/sql'
import { extendChain, trimChain } from './chain.ts'
import { holdLease, listUnchainedIds, releaseLease } from './store.ts'

const everyMs = 1_000
const leaseMs = 10_000
const trimEveryMs = 3_600_000

/** Chains new events each second and drops old ones each hour, in one of all processes. */
export function startChainJob({ sql, log }: { sql: Sql; log: Logger }): AsyncDisposable {
  const holder = newId()
  let working: Promise<void> | undefined
  let isClosed = false
  let trimmedAt = Number.NEGATIVE_INFINITY

  async function repeat(step: (sql: Sql) => Promise<boolean>): Promise<void> {
    while (!isClosed && (await holdLease(sql.background, holder, leaseMs)) && (await step(sql)));
  }

  /** A system in which nothing happens is only read from, not written to. */
  async function work(): Promise<void> {
    try {
      if ((await listUnchainedIds(sql.background, 1)).length > 0) await repeat(extendChain)
      if (performance.now() - trimmedAt < trimEveryMs) return
      await repeat(trimChain)
      trimmedAt = performance.now()
    } catch (error) {
      log.debug({ error, dependency: 'sql' }, 'the audit chain waits')
    } finally {
      working = undefined
    }
  }

  const timer = setInterval(() => {
    working ??= withoutRequest(work)
  }, everyMs).unref()

  return {
    async [Symbol.asyncDispose]() {
      isClosed = true
      clearInterval(timer)
      await working
      await releaseLease(sql.background, holder).catch((error: unknown) => {
        log.debug({ error }, 'the audit chain could not be released: its lease runs out')
      })
    },
  }
}
