import { useSignal } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import { conversationPath, go } from '../../app/router.ts'
import { IconButton } from '../../controls/button.tsx'
import { Dialog } from '../../controls/dialog.tsx'
import { Field } from '../../controls/field.tsx'
import { Form } from '../../controls/form.tsx'
import { icons } from '../../controls/icons.tsx'
import { Switch } from '../../controls/switch.tsx'
import type { Person } from '../../people/people.ts'
import { PeopleSearch } from '../../people/people-search.tsx'
import { words } from '../../words/index.ts'
import { beginConversation } from './begin-conversation.ts'

/** Finds people and begins a conversation with them: a group, where they are several. */
export function StartDialog({ onClose }: { onClose: () => void }) {
  const chosen = useSignal<readonly Person[]>([])
  const isEncrypted = useSignal(false)
  const { start: text, encryption } = words
  const isGroup = chosen.value.length > 1

  function choose(person: Person): void {
    chosen.value = [...chosen.value, person]
  }

  async function submit({ title = '' }: Readonly<Record<string, string>>): Promise<void> {
    const userIds = chosen.value.map(({ user_id }) => user_id)
    const wish = { userIds, title: title.trim(), isEncrypted: isEncrypted.value }
    const conversation = await beginConversation(wish)
    onClose()
    go(conversationPath(conversation.conversation_id))
  }

  return (
    <Dialog title={text.title} onClose={onClose}>
      <PeopleSearch isLeftOut={(id) => chosen.value.some(({ user_id }) => user_id === id)} onChoose={choose} />
      {chosen.value.length > 0 && (
        <Form submit={text.submit(chosen.value.length)} onSubmit={submit}>
          {(errors) => (
            <>
              <ul class="chosen-people" aria-label={text.chosen}>
                {chosen.value.map((person) => (
                  <li key={person.user_id}>
                    {person.display_name}
                    <IconButton
                      label={text.remove(person.display_name)}
                      icon={icons.close}
                      onClick={() => (chosen.value = chosen.value.filter((one) => one !== person))}
                    />
                  </li>
                ))}
              </ul>
              {isGroup && (
                <Field
                  label={text.groupTitle}
                  name="title"
                  maxLength={limits.titleCharacters}
                  error={errors.get('title')}
                  isFocused
                />
              )}
              <Switch
                label={encryption.start}
                hint={encryption.startHint}
                isOn={isEncrypted.value}
                onChange={(isOn) => (isEncrypted.value = isOn)}
              />
            </>
          )}
        </Form>
      )}
    </Dialog>
  )
}
