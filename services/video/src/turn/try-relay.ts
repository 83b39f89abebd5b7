import { isIP, isIPv6 } from 'node:net'
import { TurnClient, type TurnClientOptions } from './turn-client.ts'
import type { TurnUrl } from './turn-url.ts'

type Trial = TurnClientOptions & {
  /** Where the media is, as clients are told; a relay that may not reach it helps nobody. */
  peer: string
}

/**
 * Proves that a relay serves by using it as clients do; throws what is wrong with it. Answers from which addresses its
 * media may come.
 */
export async function tryRelay(url: TurnUrl, { peer, ...options }: Trial): Promise<string[]> {
  using client = await TurnClient.connect(url, options)
  const relayed = await client.allocate({ isIPv6: isIPv6(peer) })
  try {
    // A host's name is for clients to look up: where it leads them from here, nobody knows.
    if (isIP(peer) !== 0) await client.permit(peer)
    return [relayed, client.address].filter((address) => address !== undefined)
  } finally {
    await client.release()
  }
}
