import { readFileSync } from 'node:fs'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import type { IceServers as Answer } from '@secureconnect/protocol'
import { createRelayEvents } from '../events/relay-events.ts'
import { createIssuer } from './credentials.ts'
import { type Relays, watchRelays } from './relays.ts'
import { tryRelay } from './try-relay.ts'
import type { TurnConfig } from './turn-settings.ts'

/** By which servers people connect to calls. */
export type IceServers = Disposable & {
  /** With credentials of this person's own. */
  for(userId: string): Promise<Answer>
  /** Calls `listener` whenever those in calls should be given new ones: others serve, or what they have ends soon. */
  onChange(listener: () => void): () => void
  /** Whether media from an address come through one of the relays, as far as that can be seen from here. */
  isRelay(address: string): boolean
  readonly dependencies: Relays['dependencies']
}

type Options = {
  config: TurnConfig
  /** Where the media is. */
  mediaAddress: string
  log: Logger
  metrics: Metrics
}

/** Looks after the relays that the settings name, and gives people credentials for those that serve. */
export function createIceServers({ config, mediaAddress: peer, log, metrics }: Options): IceServers {
  const { turnUrls: urls, stunUrls, turnCredentialSeconds: ttl, turnTlsCa } = config
  const issue = createIssuer(config)
  const ca = turnTlsCa === undefined ? undefined : readFileSync(turnTlsCa, 'utf8')
  const listeners = new Set<() => void>()
  const tellAll = () => {
    for (const listener of listeners) listener()
  }
  const relays = watchRelays({
    urls,
    attempt: (url, signal) => tryRelay(url, { credentials: issue('probe'), ca, peer, signal }),
    events: createRelayEvents({ log, metrics }),
    onChange: tellAll,
  })
  // Whoever was given some since the last time still has half of their life left.
  const renewal = setInterval(tellAll, ttl * 500).unref()
  return {
    dependencies: relays.dependencies,
    isRelay: relays.isRelay,
    async for(userId) {
      const up = await relays.listUp()
      const stun = stunUrls.length > 0 ? [{ urls: [...stunUrls] }] : []
      const turn = up.length > 0 ? [{ urls: up.map(({ url }) => url), ...issue(userId) }] : []
      return { ice_servers: [...stun, ...turn], ttl, relay: turn.length > 0 }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    [Symbol.dispose]() {
      clearInterval(renewal)
      relays[Symbol.dispose]()
    },
  }
}
