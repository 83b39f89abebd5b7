import { AppError } from '@secureconnect/errors'
import { type Logger, withoutRequest } from '@secureconnect/logging'

export type Repetition = {
  /** For the log line where it fails. */
  name: string
  everyMs: number
  log: Logger
  /** Stops early once the signal aborts. */
  work: (signal: AbortSignal) => Promise<void>
}

/** Tells that a job failed for now. That a part of the system is away is told by its breaker, once. */
export function tellFailure({ name, log }: Pick<Repetition, 'name' | 'log'>, error: unknown): void {
  const level = error instanceof AppError && error.status === 503 ? 'debug' : 'warn'
  log[level]({ error, job: name }, 'a background job waits for its next turn')
}

/** Does something again and again, never twice at once, until it is disposed of; what fails is tried the next time. */
export function repeat({ name, everyMs, log, work }: Repetition): AsyncDisposable {
  const closing = new AbortController()
  let underWay: Promise<void> | undefined
  const run = async () => {
    try {
      await work(closing.signal)
    } catch (error) {
      tellFailure({ name, log }, error)
    } finally {
      underWay = undefined
    }
  }
  const timer = setInterval(() => {
    underWay ??= withoutRequest(run)
  }, everyMs).unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      closing.abort()
      await underWay
    },
  }
}
