import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { durationOf } from '../words/times.ts'

/** How long it has been since something, as it goes on. */
export function CallClock({ since }: { since: string }) {
  const now = useSignal(Date.now())
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = Date.now()
    }, 1_000)
    return () => clearInterval(timer)
  }, [])
  // The server's clock may be a little ahead.
  const seconds = Math.max(0, Math.floor((now.value - Date.parse(since)) / 1_000))
  return (
    <span class="call-clock" role="timer">
      {durationOf(seconds)}
    </span>
  )
}
