/** A process that comes in the place of this one opens ten times as many. */
const awayPerSecond = 50

/**
 * Over how long sockets are sent away, so that not all come back to the next process at once. It takes no longer than that
 * needs: where one process is all there is, whoever is sent away first waits for its end and the next one's start.
 */
export function timeToSendAway(sockets: number, withinMs: number): number {
  return Math.min(withinMs, (sockets * 1_000) / awayPerSecond)
}
