import { limits } from '@secureconnect/protocol/constants'
import type { OwnConversation } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { Field } from '../../controls/field.tsx'
import { Form } from '../../controls/form.tsx'
import { words } from '../../words/index.ts'
import { put } from '../list/conversations.ts'

/** Gives a group another name. */
export function Rename({ conversation: { conversation_id, title } }: { conversation: OwnConversation }) {
  async function submit(values: Readonly<Record<string, string>>): Promise<void> {
    put(await client.rest.conversations.update({ conversation_id, title: values.title?.trim() ?? '' }))
  }
  return (
    <Form submit={words.save} onSubmit={submit}>
      {(errors) => (
        <Field
          key={title}
          label={words.start.groupTitle}
          name="title"
          value={title ?? ''}
          maxLength={limits.titleCharacters}
          autocomplete="off"
          error={errors.get('title')}
        />
      )}
    </Form>
  )
}
