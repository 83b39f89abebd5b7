import { limits } from '@secureconnect/protocol/constants'
import { useEffect } from 'preact/hooks'
import { Button } from '../../controls/button.tsx'
import { useGrowing } from '../../controls/growing.ts'
import { words } from '../../words/index.ts'
import { useTalk } from '../talk.ts'
import { focusWriting } from '../writing/focus-writing.ts'
import { changeEdit, type Edit, giveUpEdit, saveEdit } from './editing.ts'

/** In the place of a message that is being changed: Enter saves it, Escape leaves it as it was. */
export function EditForm({ now }: { now: Edit }) {
  const talk = useTalk()
  const { messages } = words
  const field = useGrowing(now.text)
  const length = [...now.text.trim()].length
  const canSave = length > 0 && length <= limits.messageCharacters
  useEffect(() => {
    const { current } = field
    current?.focus()
    current?.setSelectionRange(now.text.length, now.text.length)
    return focusWriting
  }, [])

  function handleKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') giveUpEdit()
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    if (canSave) void saveEdit(talk)
  }

  return (
    <form
      class="edit-form"
      onSubmit={(event) => {
        event.preventDefault()
        void saveEdit(talk)
      }}
    >
      <textarea
        ref={field}
        rows={1}
        value={now.text}
        aria-label={messages.editText}
        onInput={(event) => changeEdit(now, event.currentTarget.value)}
        onKeyDown={handleKey}
      />
      {length > limits.messageCharacters && <p class="error">{messages.tooLong(limits.messageCharacters)}</p>}
      {now.fault !== undefined && (
        <p class="error" role="alert">
          {messages.unsaved(now.fault)}
        </p>
      )}
      <p class="choices">
        <Button kind="primary" type="submit" isBusy={now.isBusy ?? false} isDisabled={!canSave}>
          {words.save}
        </Button>
        <Button kind="quiet" onClick={giveUpEdit}>
          {words.cancel}
        </Button>
      </p>
    </form>
  )
}
