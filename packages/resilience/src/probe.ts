import { AppError } from '@secureconnect/errors'
import { withoutRequest } from '@secureconnect/logging'
import type { Breaker } from './breaker.ts'
import { withTimeout } from './deadline.ts'

/** How a dependency did when it was last looked at. */
export type ProbeState = {
  readonly status: 'up' | 'down' | 'unknown'
  readonly latencyMs?: number
  readonly error?: string
}

/** Looks after one dependency in the background; whoever asks for its state never waits. */
export type Probe = {
  readonly state: ProbeState
  /** Looks at once, or joins the look under way. */
  checkNow(): Promise<ProbeState>
  close(): void
}

export type ProbeOptions = {
  name: string
  check: (signal: AbortSignal) => Promise<unknown>
  timeoutMs: number
  everyMs?: number
  /** Told of every result. */
  breaker?: Pick<Breaker, 'report'>
}

const usualIntervalMs = 2_000

/** A short reason for the health answer: a code where there is one, as messages tend to hold addresses. */
function describeFailure(error: unknown): string {
  const reason = error instanceof AppError && error.cause !== undefined ? error.cause : error
  if (!(reason instanceof Error)) return 'failed'
  return 'code' in reason && typeof reason.code === 'string' ? reason.code : reason.message
}

/** Starts looking after a dependency; a check that fails or hangs is a state, never an exception. */
export function startProbe({ name, check, timeoutMs, everyMs = usualIntervalMs, breaker }: ProbeOptions): Probe {
  let state: ProbeState = { status: 'unknown' }
  let underWay: Promise<ProbeState> | undefined

  const look = async (): Promise<ProbeState> => {
    const startedAt = performance.now()
    try {
      await withTimeout({ dependency: name, timeoutMs }, async (signal) => check(signal))
      state = { status: 'up', latencyMs: performance.now() - startedAt }
    } catch (error) {
      state = { status: 'down', error: describeFailure(error) }
    }
    underWay = undefined
    breaker?.report(state.status === 'up')
    return state
  }
  const checkNow = () => {
    underWay ??= withoutRequest(look)
    return underWay
  }
  const timer = setInterval(checkNow, everyMs).unref()
  void checkNow()
  return {
    get state() {
      return state
    },
    checkNow,
    close: () => clearInterval(timer),
  }
}
