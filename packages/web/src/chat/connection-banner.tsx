import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { words } from '../words/index.ts'
import { link } from './connection.ts'

/** A break of a moment is nothing to speak of. */
const shownAfterMs = 1_500

/** Tells that there is no connection, for as long as that is so. */
export function ConnectionBanner() {
  const { status } = link.value
  const isLate = useSignal(false)
  const isBroken = status !== 'open'
  useEffect(() => {
    if (!isBroken) return
    const timer = setTimeout(() => {
      isLate.value = true
    }, shownAfterMs)
    return () => {
      clearTimeout(timer)
      isLate.value = false
    }
  }, [isBroken])
  if (!isBroken || !isLate.value) return null
  const { connecting, elsewhere, offline } = words.connection
  const text = { connecting, closed: elsewhere, waiting: offline, open: '' }[status]
  return (
    <p class="banner" role="status">
      {text}
    </p>
  )
}
