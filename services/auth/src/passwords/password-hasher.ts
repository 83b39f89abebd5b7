import { createHash, randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { AppError } from '@secureconnect/errors'
import type { Metrics } from '@secureconnect/metrics'
import { createBulkhead } from '@secureconnect/resilience'
import { createRetryTurns } from './retry-turns.ts'

/** The least that a password hash may cost: OWASP's floor for argon2id. */
export const argon2Floor = { memoryKib: 19_456, passes: 2 } as const

const algorithm = 2 // argon2id
/**
 * One core is left to those who are signed in already: a hash takes all of one while it lasts. More than two would
 * starve the thread pool that files and DNS need too.
 */
export const hashesAtOnce = Math.max(1, Math.min(2, availableParallelism() - 1))
const waitingHashes = 16
const waitMs = 1_000
const places = hashesAtOnce + waitingHashes

export type StoredPassword = { passwordHash: string; pepperId: string }

export type PasswordHasher = {
  /**
   * Takes a place until it is disposed of, for a request that hashes and for all else that it does; refuses at once
   * where there is none. Otherwise those who sign in would have every connection to the database among them.
   */
  takePlace: () => Disposable
  hash: (password: string) => Promise<StoredPassword>
  /** Whether the password is right; without a stored one it costs the same and is wrong. */
  verify: (password: string, stored: StoredPassword | undefined) => Promise<boolean>
  /** Whether the hash was made with other parameters than today's. */
  isOutdated: (stored: StoredPassword) => boolean
}

type Options = { pepper: string; memoryKib: number; passes: number; metrics: Metrics }

/** Hashes with argon2id and a pepper that is not in the database, a few at a time. */
export async function createPasswordHasher({ pepper, memoryKib, passes, metrics }: Options): Promise<PasswordHasher> {
  const secret = Buffer.from(pepper)
  const pepperId = createHash('sha256').update(secret).digest('hex').slice(0, 8)
  const cost = { algorithm, memoryCost: memoryKib, timeCost: passes, parallelism: 1, secret }
  const parameters = `$m=${memoryKib},t=${passes},p=1$`
  const bulkhead = createBulkhead({
    dependency: 'password-hash',
    limit: hashesAtOnce,
    queue: waitingHashes,
    waitMs,
    metrics,
  })
  const nextTurn = createRetryTurns(places)
  let taken = 0
  const decoy = await hash(randomBytes(16), cost)

  return {
    takePlace() {
      if (taken >= places) throw tooManySignIn(nextTurn(performance.now()))
      taken += 1
      const stack = new DisposableStack()
      stack.defer(() => {
        taken -= 1
      })
      return stack
    },
    async hash(password) {
      return { passwordHash: await bulkhead.run(() => hash(normalise(password), cost)), pepperId }
    },
    async verify(password, stored) {
      const isRight = await bulkhead.run(() => verify(stored?.passwordHash ?? decoy, normalise(password), { secret }))
      return isRight && stored !== undefined
    },
    isOutdated(stored) {
      return stored.pepperId !== pepperId || !stored.passwordHash.includes(parameters)
    },
  }
}

function tooManySignIn(retryAfterMs: number): AppError {
  return new AppError('CAPACITY', 'Too many sign in at the moment; try again shortly.', { retryAfterMs })
}

/** The same password typed on another keyboard must give the same bytes. */
function normalise(password: string): string {
  return password.normalize('NFKC')
}
