import type { ComponentChildren } from 'preact'
import { Avatar } from './avatar.tsx'
import { nameOf } from './people.ts'
import { PresenceDot } from './presence-dot.tsx'

/** Somebody in a list of people, with what is to be said of him beside. */
export function PersonLine({ userId, children }: { userId: string; children?: ComponentChildren }) {
  const name = nameOf(userId)
  return (
    <li class="person-line">
      <span class="avatar-place">
        <Avatar id={userId} name={name} size="small" />
        <PresenceDot userId={userId} />
      </span>
      <span class="person-name">{name}</span>
      {children}
    </li>
  )
}
