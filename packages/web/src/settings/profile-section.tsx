import { limits } from '@secureconnect/protocol/constants'
import { enter, standing } from '../account/session.ts'
import { client } from '../app/client.ts'
import { Field } from '../controls/field.tsx'
import { Form } from '../controls/form.tsx'
import { Panel } from '../controls/panel.tsx'
import { words } from '../words/index.ts'
import { PicturePanel } from './picture-panel.tsx'

export function ProfileSection() {
  if (standing.value.is !== 'signed-in') return null
  const { me } = standing.value
  const { profile: text, saved } = words.settings

  async function submit({ display_name = '' }: Readonly<Record<string, string>>): Promise<void> {
    enter(await client.rest.ownAccount.update({ display_name: display_name.trim() }))
  }

  return (
    <>
      <PicturePanel me={me} />
      <Panel title={text.name} hint={text.username(me.username)}>
        <Form submit={words.save} done={saved} onSubmit={submit}>
          {(errors) => (
            <Field
              label={words.signUp.displayName}
              name="display_name"
              autocomplete="name"
              maxLength={limits.displayNameCharacters}
              value={me.display_name}
              error={errors.get('display_name')}
            />
          )}
        </Form>
      </Panel>
    </>
  )
}
