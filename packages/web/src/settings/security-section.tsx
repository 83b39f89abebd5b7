import { limits } from '@secureconnect/protocol/constants'
import { client } from '../app/client.ts'
import { Field } from '../controls/field.tsx'
import { Form } from '../controls/form.tsx'
import { Panel } from '../controls/panel.tsx'
import { words } from '../words/index.ts'
import { FactorPanel } from './factor-panel.tsx'

function PasswordPanel() {
  const { security: text } = words.settings
  async function submit({ old_password = '', new_password = '' }: Readonly<Record<string, string>>): Promise<void> {
    await client.rest.credentials.changePassword({ old_password, new_password })
  }
  return (
    <Panel title={text.password} hint={text.passwordHint}>
      <Form
        submit={text.changePassword}
        done={text.passwordChanged}
        meant={{ INVALID_CREDENTIALS: text.wrongPassword }}
        onSubmit={submit}
      >
        {(errors) => (
          <>
            <Field
              label={text.oldPassword}
              name="old_password"
              type="password"
              autocomplete="current-password"
              error={errors.get('old_password')}
            />
            <Field
              label={text.newPassword}
              name="new_password"
              type="password"
              hint={words.signUp.passwordHint}
              autocomplete="new-password"
              minLength={limits.passwordCodePoints.min}
              error={errors.get('new_password')}
            />
          </>
        )}
      </Form>
    </Panel>
  )
}

export function SecuritySection() {
  return (
    <>
      <PasswordPanel />
      <FactorPanel />
    </>
  )
}
