import { words } from '../words/index.ts'
import { shortTimeOf } from '../words/times.ts'
import { usePresence } from './presence.ts'

/** Whether somebody is there, as a dot at his picture. */
export function PresenceDot({ userId }: { userId: string | null }) {
  const status = usePresence(userId)?.status
  if (status === undefined || status === 'unknown' || status === 'offline') return null
  return (
    <span class={`presence ${status}`} title={words.presence[status]}>
      <span class="for-readers">{words.presence[status]}</span>
    </span>
  )
}

/** The same in words; of somebody who is gone, since when. */
export function PresenceText({ userId }: { userId: string }) {
  const presence = usePresence(userId)
  if (presence === undefined || presence.status === 'unknown') return null
  const { status, last_seen_at: seenAt } = presence
  const text = status === 'offline' && seenAt ? words.presence.lastSeen(shortTimeOf(seenAt)) : words.presence[status]
  return <span class="hint">{text}</span>
}
