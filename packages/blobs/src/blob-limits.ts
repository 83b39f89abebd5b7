import type { DependencyLimits } from '@secureconnect/resilience'

const mib = 1024 * 1024

/** How long the store of bytes may take, and how much of it may be asked at once. */
export const blobLimits = {
  connectMs: 1_000,
  /** What only looks something up or changes a name. */
  callMs: 3_000,
  /** What moves bytes within the store, which says nothing meanwhile; less than a completion's own deadline. */
  transferMs: 15_000,
  /** A file of this machine that goes to another disk of it, which may be hours of video. */
  adoptMs: 600_000,
  /** A stream from the store that stands still for so long has ended, */
  silenceMs: 5_000,
  /** and so has one from or to a client, whose line may be much worse. */
  clientSilenceMs: 30_000,
  probeMs: 1_500,
  inFlight: 16,
  queue: 64,
  attempts: 3,
  retryRatio: 0.1,
  partBytes: 8 * mib,
  keysPerRemoval: 1_000,
  listedPerPage: 1_000,
} as const

/** The limits as the list printed at start has them. */
export const blobStoreLimits: DependencyLimits = {
  dependency: 'object-store',
  connectTimeoutMs: blobLimits.connectMs,
  callTimeoutMs: blobLimits.callMs,
  inFlight: `${blobLimits.inFlight} requests`,
  retries: `${blobLimits.attempts - 1}, of what may be repeated`,
}
