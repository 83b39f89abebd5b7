import { icons } from '../../controls/icons.tsx'
import { words } from '../../words/index.ts'
import { useKnownPerson } from './use-known-person.ts'

/** Whether somebody's devices are those that were compared with him; nothing where he has none. */
export function TrustMark({ userId }: { userId: string }) {
  const person = useKnownPerson(userId)
  if (!person || person.devices.length === 0) return null
  const { states } = words.trust.numbers
  return (
    <span class={`trust-mark ${person.trust}`}>
      {person.trust !== 'unverified' && icons.shield}
      {states[person.trust]}
    </span>
  )
}
