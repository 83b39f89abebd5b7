import type { OngoingCall } from '@secureconnect/sdk/calls'

const lookEveryMs = 3_000
/** A way is looked for again by itself, which takes some seconds. */
const mostLooks = 4
/** Also where there is nothing to try, as without the relay that a network asks for. */
const wayless = ['new', 'checking', 'disconnected', 'failed']

function isWayless(report: RTCStatsReport | undefined): boolean {
  const transports = [...(report?.values() ?? [])].filter(({ type }) => type === 'transport')
  return transports.some(({ iceState }) => wayless.includes(iceState))
}

/** Tells whether media find a way through the network, until what it returns is called. */
export function watchWay(call: OngoingCall, tell: (isThere: boolean) => void): () => void {
  let looks = 0
  const look = async () => {
    const { sent, received } = await call.stats()
    looks = isWayless(sent) || isWayless(received) ? looks + 1 : 0
    tell(looks < mostLooks)
  }
  // What cannot be counted now is counted the next time.
  const timer = setInterval(() => void look().catch(() => undefined), lookEveryMs)
  return () => clearInterval(timer)
}
