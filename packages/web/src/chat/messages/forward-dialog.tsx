import { useSignal } from '@preact/signals'
import { createClientId, type Message, type OwnConversation } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { Dialog } from '../../controls/dialog.tsx'
import { Field } from '../../controls/field.tsx'
import { tell } from '../../controls/toasts.ts'
import { Avatar } from '../../people/avatar.tsx'
import { explain } from '../../words/explain.ts'
import { words } from '../../words/index.ts'
import { conversations, titleOf } from '../list/conversations.ts'

const mostShown = 30

/** Sends a message on to another conversation. */
export function ForwardDialog({ message: { message_id }, onClose }: { message: Message; onClose: () => void }) {
  const query = useSignal('')
  const fault = useSignal<string | undefined>(undefined)
  const isBusy = useSignal(false)
  const { forward: text } = words
  const sought = query.value.trim().toLocaleLowerCase()
  const fits = (one: OwnConversation) => titleOf(one).toLocaleLowerCase().includes(sought)
  const open = conversations.value.filter((one) => !one.is_e2ee_enabled && fits(one))

  async function forwardTo(conversation: OwnConversation): Promise<void> {
    if (isBusy.value) return
    isBusy.value = true
    fault.value = undefined
    try {
      const { conversation_id } = conversation
      await client.rest.messages.forward({ message_id, conversation_id, client_id: createClientId() })
      tell(text.done(titleOf(conversation)))
      onClose()
    } catch (error) {
      fault.value = explain(error)
    } finally {
      isBusy.value = false
    }
  }

  return (
    <Dialog title={text.title} onClose={onClose}>
      <Field
        label={text.find}
        name="query"
        type="search"
        autocomplete="off"
        isRequired={false}
        isFocused
        value={query.value}
        onInput={(value) => (query.value = value)}
      />
      {fault.value && (
        <p class="error" role="alert">
          {fault.value}
        </p>
      )}
      {open.length === 0 && <p class="hint">{text.none}</p>}
      <ul class="people-found">
        {open.slice(0, mostShown).map((one) => (
          <li key={one.conversation_id}>
            <button type="button" class="person-row" disabled={isBusy.value} onClick={() => forwardTo(one)}>
              <Avatar id={one.peer_id ?? one.conversation_id} name={titleOf(one)} size="small" />
              <span>{titleOf(one)}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
