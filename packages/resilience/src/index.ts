export {
  type Breaker,
  type BreakerOptions,
  type BreakerState,
  breakerLimits,
  createBreaker,
  isDependencyFailure,
} from './breaker.ts'
export { type Bulkhead, type BulkheadOptions, createBulkhead } from './bulkhead.ts'
export { callTimeoutMs, type TimeoutOptions, withTimeout } from './deadline.ts'
export { type DependencyLimits, describeLimits } from './dependency-limits.ts'
export { type Probe, type ProbeOptions, type ProbeState, startProbe } from './probe.ts'
export { createRetryBudget, type RetryBudget, type RetryOptions, retry } from './retry.ts'
export { createSingleFlight, type SingleFlight } from './single-flight.ts'
