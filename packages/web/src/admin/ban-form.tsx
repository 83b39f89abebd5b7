import { useSignal } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import type { ManagedUser } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import { Field } from '../controls/field.tsx'
import { Form } from '../controls/form.tsx'
import { Select } from '../controls/select.tsx'
import { words } from '../words/index.ts'

/** How long somebody is kept out; without an entry for good. */
const hours = { day: 24, week: 7 * 24, month: 30 * 24, ever: undefined } as const
const spans = ['day', 'week', 'month', 'ever'] as const

type Props = { userId: string; onBanned: (ban: ManagedUser['ban']) => void }

export function BanForm({ userId, onBanned }: Props) {
  const { ban: text } = words.admin
  const span = useSignal<(typeof spans)[number]>('week')

  async function submit({ reason = '' }: Readonly<Record<string, string>>): Promise<void> {
    const duration_hours = hours[span.value]
    const length = duration_hours === undefined ? { permanent: true } : { duration_hours }
    const { ban } = await client.rest.admin.banUser({ user_id: userId, reason: reason.trim(), ...length })
    onBanned(ban)
  }

  return (
    <Form submit={text.submit} kind="danger" onSubmit={submit}>
      {(errors) => (
        <>
          <p class="hint">{text.explanation}</p>
          <Field
            label={text.reason}
            name="reason"
            autocomplete="off"
            minLength={limits.reasonCharacters.min}
            maxLength={limits.reasonCharacters.max}
            error={errors.get('reason')}
            isFocused
          />
          <Select
            label={text.span}
            options={spans.map((name) => ({ name, text: text.spans[name] }))}
            chosen={span.value}
            onChoose={(name) => (span.value = name)}
          />
        </>
      )}
    </Form>
  )
}
