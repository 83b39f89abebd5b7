import { useSignal, useSignalEffect } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import { client } from '../app/client.ts'
import { Field } from '../controls/field.tsx'
import { explain } from '../words/explain.ts'
import { words } from '../words/index.ts'
import { Avatar } from './avatar.tsx'
import { meet, type Person } from './people.ts'

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

type Props = {
  /** Who is not to be found, as he was chosen already. */
  isLeftOut: (userId: string) => boolean
  onChoose: (person: Person) => void
}

/** Finds people by their name; whoever is chosen leaves room for the next. */
export function PeopleSearch({ isLeftOut, onChoose }: Props) {
  const { query, found } = useSearch()
  const { start: text } = words
  const people = found.value?.people.filter(({ user_id: id }) => id !== client.userId && !isLeftOut(id)) ?? []
  return (
    <>
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
        <ul class="people-found">
          {people.map((person) => (
            <li key={person.user_id}>
              <button
                type="button"
                class="person-row"
                onClick={() => {
                  query.value = ''
                  onChoose(person)
                }}
              >
                <Avatar id={person.user_id} name={person.display_name} size="small" />
                <span>{person.display_name}</span>
                <span class="hint">@{person.username}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </>
  )
}
