import { startProbe } from '@secureconnect/resilience'
import type { Dependency } from '@secureconnect/service'
import type { RelayEvents } from '../events/relay-events.ts'
import type { TurnUrl } from './turn-url.ts'

/** Tried so often, and given so long, that nobody is sent to a dead relay for more than some seconds. */
const everyMs = 4_000
const timeoutMs = 2_000

type Options = {
  urls: readonly TurnUrl[]
  /** Uses a relay once; throws what is wrong with it. Answers from which addresses its media may come. */
  attempt: (url: TurnUrl, signal: AbortSignal) => Promise<readonly string[]>
  events: RelayEvents
  /** Other ones serve than before. */
  onChange: () => void
}

export type Relays = Disposable & {
  /** The ways that lead to a relay now, in the order of the settings; none is named before it was tried. */
  listUp(): Promise<TurnUrl[]>
  /** Whether media from an address come through a relay that served once. */
  isRelay(address: string): boolean
  /** None is required: calls go on without a relay wherever the network lets them. */
  readonly dependencies: ReadonlyMap<string, Dependency>
}

/** `turn_tls` in the health answer, and `turn_tls_2` for a second way of the kind. */
function nameOf({ transport }: TurnUrl, before: readonly TurnUrl[]): string {
  const same = before.filter((other) => other.transport === transport).length
  return `turn_${transport}${same === 0 ? '' : `_${same + 1}`}`
}

/** Tries each way to a relay again and again, so that whoever asks never waits to find out. */
export function watchRelays({ urls, attempt, events, onChange }: Options): Relays {
  const known = new Map<TurnUrl, boolean>()
  const addresses = new Set<string>()
  let isClosed = false
  const judge = (url: TurnUrl, isUp: boolean, reason: string | undefined) => {
    if (isClosed || known.get(url) === isUp) return
    known.set(url, isUp)
    if (isUp) events.relayUp(url)
    else events.relayDown(url, reason)
    const { transport } = url
    events.transportIs(
      transport,
      urls.some((other) => other.transport === transport && known.get(other)),
    )
    onChange()
  }
  const watched = urls.map((url, index) => {
    const name = nameOf(url, urls.slice(0, index))
    const breaker = { report: (isUp: boolean) => judge(url, isUp, probe.state.error) }
    const check = async (signal: AbortSignal) => {
      for (const address of await attempt(url, signal)) addresses.add(address)
    }
    const probe = startProbe({ name, everyMs, timeoutMs, breaker, check })
    return { url, name, probe, tried: probe.checkNow() }
  })
  return {
    async listUp() {
      for (const { tried } of watched) await tried
      return urls.filter((url) => known.get(url))
    },
    isRelay: (address) => addresses.has(address),
    dependencies: new Map(watched.map(({ name, probe }) => [name, { probe, required: false }])),
    [Symbol.dispose]() {
      // The attempts under way come to nothing: whoever would hear of them is gone.
      isClosed = true
      for (const { probe } of watched) probe.close()
    },
  }
}
