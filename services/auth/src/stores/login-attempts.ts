import { column, newId, type Queries, type Transaction } from '@secureconnect/sql'
import { Type } from 'typebox'
import { pickWaitMs, throttleRules } from '../throttle/throttle-rules.ts'

const { freeFailures, networkFailures, networkWindowMs, abandonedMs, forgottenMs } = throttleRules

/** What an attempt counts for; both are keyed hashes. */
export type Counted = { counter: string; network: string | undefined }

export type Attempt = Counted & { attemptId: string }

export type Reservation =
  | { kind: 'reserved'; attempt: Attempt }
  /** Attempts under way hold what is left of the budget; they may yet give it back. */
  | { kind: 'held' }
  | { kind: 'account locked' | 'network locked'; retryAfterMs: number }

const CounterRow = Type.Object({ counter: column.text, failures: column.integer, locked_ms: column.number })
const UsageRow = Type.Object({
  undecided: column.integer,
  network_undecided: column.integer,
  network_failed: column.integer,
  network_locked_ms: column.number,
})

/** Makes everybody who wants one of these counters wait for this transaction, and says how the first one stands. */
async function lockCounters(tx: Transaction, { counter, network }: Counted) {
  const rows = await tx.many(CounterRow)`
    insert into login_counters (counter)
    select wanted from unnest(${network === undefined ? [counter] : [counter, network]}::text[]) as wanted order by wanted
    on conflict (counter) do update set changed_at = clock_timestamp()
    returning counter, failures,
      greatest(0, coalesce(extract(epoch from locked_until - clock_timestamp()), 0) * 1000)::float8 as locked_ms`
  const row = rows.find((candidate) => candidate.counter === counter)
  if (!row) throw new Error('A counter was not locked')
  return row
}

/** What others have of the budget. It asks after the lock is held, so that it sees all who held it before. */
function measureUsage(tx: Transaction, { counter, network }: Counted) {
  const ofNetwork = network ?? null
  return tx.one(UsageRow)`
    select
      count(*) filter (where counter = ${counter} and is_live) as undecided,
      count(*) filter (where network = ${ofNetwork} and is_live) as network_undecided,
      count(*) filter (where network = ${ofNetwork} and is_failed) as network_failed,
      coalesce(min(age_left_ms) filter (where network = ${ofNetwork} and is_failed), 0)::float8 as network_locked_ms
    from (
      select counter, network, is_failed,
        not is_failed and started_at > clock_timestamp() - ${abandonedMs}::float8 * interval '1 millisecond' as is_live,
        extract(epoch from started_at - clock_timestamp()) * 1000 + ${networkWindowMs}::float8 as age_left_ms
      from login_attempts where counter = ${counter} or network = ${ofNetwork}
    ) as attempts
    where is_live or age_left_ms > 0`
}

/** Counts an attempt before anybody looks whether it is right, if the budget has room for one that is wrong. */
export async function reserveAttempt(tx: Transaction, counted: Counted): Promise<Reservation> {
  const { failures, locked_ms: lockedMs } = await lockCounters(tx, counted)
  if (lockedMs > 0) return { kind: 'account locked', retryAfterMs: lockedMs }
  const usage = await measureUsage(tx, counted)
  if (usage.network_failed >= networkFailures) return { kind: 'network locked', retryAfterMs: usage.network_locked_ms }
  // Once the free failures are used up, attempts come one at a time, each after its wait.
  const room = Math.max(1, freeFailures - failures)
  const isHeld = usage.undecided >= room || usage.network_failed + usage.network_undecided >= networkFailures
  if (isHeld) return { kind: 'held' }
  const attempt = { ...counted, attemptId: newId() }
  await tx.execute`
    insert into login_attempts (attempt_id, counter, network)
    values (${attempt.attemptId}, ${counted.counter}, ${counted.network ?? null})`
  return { kind: 'reserved', attempt }
}

/** Gives back what an attempt held. */
export async function releaseAttempt(sql: Queries, { attemptId }: Attempt): Promise<void> {
  await sql.execute`delete from login_attempts where attempt_id = ${attemptId}`
}

/** Gives back what an attempt held, and forgets the failures before it. */
export async function passAttempt(tx: Transaction, attempt: Attempt): Promise<void> {
  await releaseAttempt(tx, attempt)
  await tx.execute`delete from login_counters where counter = ${attempt.counter}`
}

const FailuresRow = Type.Object({ failures: column.integer })

/** Makes a failure of an attempt: one more in a row, and one more of its network. */
export async function failAttempt(tx: Transaction, { attemptId, counter, network }: Attempt): Promise<void> {
  const { failures } = await tx.one(FailuresRow)`
    insert into login_counters (counter, failures) values (${counter}, 1)
    on conflict (counter) do update set failures = login_counters.failures + 1, changed_at = clock_timestamp()
    returning failures`
  const waitMs = pickWaitMs(failures)
  if (waitMs > 0) {
    await tx.execute`
      update login_counters set locked_until = clock_timestamp() + ${waitMs}::float8 * interval '1 millisecond'
      where counter = ${counter}`
  }
  if (network === undefined) return releaseAttempt(tx, { attemptId, counter, network })
  await tx.execute`update login_attempts set is_failed = true where attempt_id = ${attemptId}`
}

/** Removes what counts for nobody any more; answers how many rows. */
export async function removeOldAttempts(sql: Queries): Promise<number> {
  const attempts = await sql.execute`
    delete from login_attempts
    where started_at < now() - ${networkWindowMs + abandonedMs}::float8 * interval '1 millisecond'`
  const counters = await sql.execute`
    delete from login_counters
    where changed_at < now() - ${forgottenMs}::float8 * interval '1 millisecond'`
  return attempts + counters
}
