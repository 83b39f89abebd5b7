import { useSignal } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import { icons } from '../../controls/icons.tsx'
import { Opener } from '../../controls/opener.tsx'
import { Popover } from '../../controls/popover.tsx'
import { words } from '../../words/index.ts'

/** What people answer most; any other can be typed. */
const usual = ['👍', '❤️', '😂', '🎉', '😮', '😢', '🙏', '👀']

function Choices({ onChoose }: { onChoose: (emoji: string) => void }) {
  const typed = useSignal('')
  const { reactions: text } = words
  return (
    <div class="reaction-choices">
      {usual.map((emoji) => (
        <button
          key={emoji}
          class="emoji"
          type="button"
          aria-label={text.reactWith(emoji)}
          onClick={() => onChoose(emoji)}
        >
          {emoji}
        </button>
      ))}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (typed.value.trim() !== '') onChoose(typed.value.trim())
        }}
      >
        <input
          value={typed.value}
          maxLength={limits.emojiCharacters}
          aria-label={text.another}
          placeholder={text.another}
          onInput={(event) => (typed.value = event.currentTarget.value)}
        />
      </form>
    </div>
  )
}

/** A button by which one answers with an emoji. */
export function ReactionPicker({ onChoose }: { onChoose: (emoji: string) => void }) {
  const label = words.reactions.react
  return (
    <Opener label={label} face={icons.smile} look="icon-button" opens="dialog">
      {(anchor, close) => (
        <Popover anchor={anchor} label={label} onClose={close}>
          <Choices
            onChoose={(emoji) => {
              close()
              onChoose(emoji)
            }}
          />
        </Popover>
      )}
    </Opener>
  )
}
