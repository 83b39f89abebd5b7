import { limits } from '@secureconnect/protocol/constants'
import { enter, standing } from '../account/session.ts'
import { client } from '../app/client.ts'
import { Field } from '../controls/field.tsx'
import { Form } from '../controls/form.tsx'
import { words } from '../words/index.ts'

export function ProfileSection() {
  if (standing.value.is !== 'signed-in') return null
  const { me } = standing.value
  const { profile: text } = words.settings

  async function submit({ display_name = '' }: Readonly<Record<string, string>>): Promise<void> {
    enter(await client.rest.ownAccount.update({ display_name: display_name.trim() }))
  }

  return (
    <Form submit={words.settings.save} done={words.settings.saved} onSubmit={submit}>
      {(errors) => (
        <Field
          label={words.signUp.displayName}
          name="display_name"
          autocomplete="name"
          maxLength={limits.displayNameCharacters}
          value={me.display_name}
          hint={text.username(me.username)}
          error={errors.get('display_name')}
        />
      )}
    </Form>
  )
}
