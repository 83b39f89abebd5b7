import type { Audit } from '@secureconnect/audit'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'

/** Who hears of an event. */
export type Observers = {
  log: Logger
  metrics: Metrics
  audit: Audit
  /** Shows a line to whoever watches the process, if anybody does. */
  tell?: ((line: string) => void) | undefined
}
