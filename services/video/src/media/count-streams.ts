import type { MediaWorker } from './media-worker.ts'
import type { Peer } from './peer.ts'

/**
 * How many streams each worker of a room has to expect: one from everybody to everybody, because people come before they
 * publish and keep their place; as many as flow, where those are more.
 */
export function countStreams(peers: readonly Peer[]): Map<MediaWorker, number> {
  const byWorker = Map.groupBy(peers, ({ hub }) => hub.worker)
  return new Map(
    [...byWorker].map(([worker, here]) => {
      const flowing = here.reduce((sum, { receiving }) => sum + receiving, 0)
      return [worker, Math.max(flowing, here.length * (peers.length - 1))]
    }),
  )
}
