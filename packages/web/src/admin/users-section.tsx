import { useSignal } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import type { ManagedUser } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import { usePages } from '../app/use-pages.ts'
import { Field } from '../controls/field.tsx'
import { MoreOfPages } from '../controls/more-of-pages.tsx'
import { Select } from '../controls/select.tsx'
import { Avatar } from '../people/avatar.tsx'
import { words } from '../words/index.ts'
import { shortTimeOf } from '../words/times.ts'
import { useSettled } from './use-settled.ts'
import { UserDialog } from './user-dialog.tsx'

const statuses = ['all', 'active', 'banned', 'erasing'] as const
const orders = ['created', 'last_used', 'username'] as const

function UserRow({ user, onOpen }: { user: ManagedUser; onOpen: () => void }) {
  const { users: text } = words.admin
  const { user_id, display_name, username, email, role, status, last_used_at } = user
  return (
    <li>
      <button type="button" class="person-row" onClick={onOpen}>
        <Avatar id={user_id} name={display_name} />
        <span class="row-text">
          <span class="row-line">
            {display_name}
            {role === 'admin' && <span class="tag">{text.admin}</span>}
            {status !== 'active' && <span class="tag down">{text.statuses[status]}</span>}
          </span>
          <span class="hint">
            @{username} · {email}
          </span>
        </span>
        <span class="hint">{last_used_at ? text.used(shortTimeOf(last_used_at)) : text.neverUsed}</span>
      </button>
    </li>
  )
}

/** Everybody who has an account. */
export function UsersSection() {
  const { users: text } = words.admin
  const typed = useSignal('')
  const status = useSignal<(typeof statuses)[number]>('all')
  const sort = useSignal<(typeof orders)[number]>('created')
  const open = useSignal<ManagedUser | undefined>(undefined)
  const q = useSettled(typed.value)
  const found = usePages<ManagedUser>(
    async (cursor, signal) => {
      const filter = { ...(q && { q }), ...(status.value !== 'all' && { status: status.value }), sort: sort.value }
      const { users, next_cursor } = await client.rest.admin.listUsers({ ...filter, ...cursor }, { signal })
      return { items: users, next_cursor }
    },
    [q, status.value, sort.value],
  )

  function note(changed: ManagedUser): void {
    found.change((users) => users.map((one) => (one.user_id === changed.user_id ? changed : one)))
    open.value = changed
  }

  return (
    <>
      <search class="filters wide">
        <Field
          label={text.find}
          name="query"
          type="search"
          autocomplete="off"
          isRequired={false}
          maxLength={limits.searchCharacters}
          value={typed.value}
          onInput={(value) => (typed.value = value)}
        />
        <Select
          label={text.status}
          options={statuses.map((name) => ({ name, text: text.statuses[name] }))}
          chosen={status.value}
          onChoose={(name) => (status.value = name)}
        />
        <Select
          label={text.order}
          options={orders.map((name) => ({ name, text: text.orders[name] }))}
          chosen={sort.value}
          onChoose={(name) => (sort.value = name)}
        />
      </search>
      <ul class="wide">
        {found.items.value.map((user) => (
          <UserRow key={user.user_id} user={user} onOpen={() => (open.value = user)} />
        ))}
      </ul>
      <MoreOfPages pages={found} none={text.nobody} />
      {open.value && <UserDialog user={open.value} onChange={note} onClose={() => (open.value = undefined)} />}
    </>
  )
}
