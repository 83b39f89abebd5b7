import { Avatar } from '../../people/avatar.tsx'
import { words } from '../../words/index.ts'
import { type Mentioning, optionId } from './use-mentions.ts'

/** The names that are offered; one's hands stay on the keyboard. */
export function MentionList({ id, found, chosen, take }: Mentioning) {
  if (found.length === 0) return null
  return (
    <div class="mention-list" id={id} role="listbox" aria-label={words.mentions.people}>
      {found.map((one, at) => (
        <div
          key={one.username}
          id={optionId(id, at)}
          class="person-row"
          role="option"
          tabIndex={-1}
          aria-selected={at === chosen}
          // Before the field would lose the keyboard.
          onMouseDown={(event) => {
            event.preventDefault()
            take(one)
          }}
        >
          <Avatar id={one.userId ?? one.username} name={one.name} size="small" />
          <span>{one.name}</span>
          <span class="hint">@{one.username}</span>
        </div>
      ))}
    </div>
  )
}
