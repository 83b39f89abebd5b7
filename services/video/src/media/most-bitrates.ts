import type { CallRole } from '@secureconnect/protocol'
import type { MediaConfig } from './media-settings.ts'

/** What somebody may send in all, in bits per second, by what he is in a call. */
export type MostBitrates = Readonly<Record<CallRole, number>>

/** Nothing of a listener is let through; this is what his line needs to stay up. */
const listener = 100_000

export function readMostBitrates(config: Pick<MediaConfig, 'mediaHostKbps' | 'mediaSpeakerKbps'>): MostBitrates {
  const [host, speaker] = [config.mediaHostKbps * 1_000, config.mediaSpeakerKbps * 1_000]
  return { host, cohost: host, speaker, listener }
}
