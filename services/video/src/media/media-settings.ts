import { availableParallelism, homedir } from 'node:os'
import { join } from 'node:path'
import { type ConfigOf, choice, integer, optional, requiredInProduction, text } from '@secureconnect/config'

/** Beside each worker there is as much to do for the services and the database. */
const usualWorkers = Math.max(1, Math.floor(availableParallelism() / 2))

/** Where media go through, and how much. */
export const mediaSettings = {
  /** The program of the media worker; without one it is found, fetched or built. */
  mediasoupWorkerBin: optional(text()),
  /** Where what was fetched or built is kept. */
  secureconnectCache: text(join(homedir(), '.cache', 'secureconnect')),
  mediaWorkers: integer({ min: 1, max: 64, fallback: usualWorkers }),
  /** A room in which a worker sends so many streams goes on on another one beside it. */
  mediaStreamsPerWorker: integer({ min: 1, max: 10_000, fallback: 400 }),
  /** Each worker has a port of its own from here on, for UDP and TCP; 0 takes free ones. */
  mediaPortBase: requiredInProduction(integer({ min: 0, max: 65_000, fallback: 0 })),
  mediaListenAddress: requiredInProduction(text('127.0.0.1')),
  /** Where clients, and relays on their behalf, find the media: an address that all of them can reach. */
  mediaAnnouncedAddress: requiredInProduction(text('127.0.0.1')),
  /** What one person may send in all: a host or co-host, and a speaker. */
  mediaHostKbps: integer({ min: 100, max: 100_000, fallback: 8_000 }),
  mediaSpeakerKbps: integer({ min: 100, max: 100_000, fallback: 6_000 }),
  /** With `relay` nobody learns anybody's address, not even the server's; all media go through the relays. */
  iceTransportPolicy: choice(['all', 'relay'], 'all'),
}

export type MediaConfig = ConfigOf<typeof mediaSettings>
