import { useSignal, useSignalEffect } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import { client } from '../../app/client.ts'
import { conversationPath, go } from '../../app/router.ts'
import { IconButton } from '../../controls/button.tsx'
import { Dialog } from '../../controls/dialog.tsx'
import { Field } from '../../controls/field.tsx'
import { Form } from '../../controls/form.tsx'
import { icons } from '../../controls/icons.tsx'
import { Avatar } from '../../people/avatar.tsx'
import { meet, type Person } from '../../people/people.ts'
import { explain } from '../../words/explain.ts'
import { words } from '../../words/index.ts'
import { put } from './conversations.ts'

/** So long somebody types on before anything is asked. */
const pauseMs = 200

type Found = { people: readonly Person[]; fault?: string } | undefined

/** People by a part of their name, as it is typed. */
function useSearch() {
  const query = useSignal('')
  const found = useSignal<Found>(undefined)
  useSignalEffect(() => {
    const q = query.value.trim()
    found.value = undefined
    if (q.length < limits.peopleSearchCharacters.min) return
    const leaving = new AbortController()
    const timer = setTimeout(() => {
      client.rest.people.search({ q }, { signal: leaving.signal }).then(
        ({ users }) => {
          meet(users)
          found.value = { people: users }
        },
        (error) => {
          if (!leaving.signal.aborted) found.value = { people: [], fault: explain(error) }
        },
      )
    }, pauseMs)
    return () => {
      clearTimeout(timer)
      leaving.abort()
    }
  })
  return { query, found }
}

type ListProps = { people: readonly Person[]; onChoose: (person: Person) => void }

function PeopleFound({ people, onChoose }: ListProps) {
  return (
    <ul class="people-found">
      {people.map((person) => (
        <li key={person.user_id}>
          <button type="button" class="person-row" onClick={() => onChoose(person)}>
            <Avatar id={person.user_id} name={person.display_name} size="small" />
            <span>{person.display_name}</span>
            <span class="hint">@{person.username}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

/** Finds people and begins a conversation with them: a group, where they are several. */
export function StartDialog({ onClose }: { onClose: () => void }) {
  const { query, found } = useSearch()
  const chosen = useSignal<readonly Person[]>([])
  const { start: text } = words
  const isGroup = chosen.value.length > 1

  function choose(person: Person): void {
    chosen.value = [...chosen.value, person]
    query.value = ''
  }

  async function submit({ title = '' }: Readonly<Record<string, string>>): Promise<void> {
    const participant_ids = chosen.value.map(({ user_id }) => user_id)
    const conversation = await client.rest.conversations.create(
      isGroup ? { type: 'group', title: title.trim(), participant_ids } : { type: 'direct', participant_ids },
    )
    put(conversation)
    onClose()
    go(conversationPath(conversation.conversation_id))
  }

  const isNew = ({ user_id: id }: Person) => id !== client.userId && !chosen.value.some(({ user_id }) => user_id === id)
  const people = found.value?.people.filter(isNew) ?? []
  return (
    <Dialog title={text.title} onClose={onClose}>
      <Field
        label={text.find}
        name="query"
        type="search"
        hint={text.findHint}
        autocomplete="off"
        isRequired={false}
        isFocused
        value={query.value}
        onInput={(value) => (query.value = value)}
      />
      <div aria-live="polite">
        {found.value?.fault && <p class="error">{found.value.fault}</p>}
        {found.value && !found.value.fault && people.length === 0 && <p class="hint">{text.nobody(query.value)}</p>}
        <PeopleFound people={people} onChoose={choose} />
      </div>
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
            </>
          )}
        </Form>
      )}
    </Dialog>
  )
}
