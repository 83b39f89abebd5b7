import { AppError } from '@secureconnect/errors'
import { currentRequest } from '@secureconnect/logging'

/** Timers may fire a little early; an abort this close to the deadline is the deadline's. */
const timerSlackMs = 5

function createDeadlineError(cause?: unknown): AppError {
  return new AppError('REQUEST_TIMEOUT', 'The request took too long.', { cause })
}

/** The time a call may take: its own limit, or what is left of the request under way if that is less. */
export function callTimeoutMs(limitMs: number): number {
  const deadlineAt = currentRequest()?.deadlineAt
  if (deadlineAt === undefined) return limitMs
  const leftMs = deadlineAt - Date.now()
  if (leftMs <= 0) throw createDeadlineError()
  return Math.min(limitMs, leftMs)
}

export type TimeoutOptions = { dependency: string; timeoutMs: number }

/**
 * Runs `work` until it is done, its time is up or the client has gone, whichever is first; its signal aborts in the
 * latter two. A dependency that is too slow is a failure of its own (503); a client that has gone is not.
 */
export async function withTimeout<T>(options: TimeoutOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const request = currentRequest()
  const timeoutMs = callTimeoutMs(options.timeoutMs)
  const controller = new AbortController()
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const giveUp = (error: AppError) => {
    // The caller is told first: the work's own reaction to the abort says less.
    reject(error)
    controller.abort(error)
  }
  const onTimeout = () => giveUp(createTimeoutError({ ...options, timeoutMs }))
  const onAbort = () => {
    const isLate = request?.deadlineAt !== undefined && Date.now() >= request.deadlineAt - timerSlackMs
    if (isLate) onTimeout()
    else giveUp(createDeadlineError(request?.signal?.reason))
  }
  if (request?.signal?.aborted) throw createDeadlineError(request.signal.reason)
  request?.signal?.addEventListener('abort', onAbort)
  // When it was we who were held up, the answer is here already: it is read before time is called.
  const timer = setTimeout(() => setImmediate(onTimeout), timeoutMs)
  try {
    work(controller.signal).then(resolve, reject)
    return await promise
  } finally {
    clearTimeout(timer)
    request?.signal?.removeEventListener('abort', onAbort)
  }
}

function createTimeoutError({ dependency, timeoutMs }: TimeoutOptions): AppError {
  const cause = new Error(`${dependency} did not answer within ${Math.round(timeoutMs)} ms`)
  return new AppError('SERVICE_UNAVAILABLE', 'A part of the service did not answer in time; try again shortly.', {
    cause,
  })
}
