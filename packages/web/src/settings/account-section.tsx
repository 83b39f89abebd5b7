import { useSignal } from '@preact/signals'
import { standing } from '../account/session.ts'
import { client } from '../app/client.ts'
import { ActButton } from '../controls/act-button.tsx'
import { Field } from '../controls/field.tsx'
import { Form } from '../controls/form.tsx'
import { Panel } from '../controls/panel.tsx'
import { words } from '../words/index.ts'
import { ErasePanel } from './erase-panel.tsx'
import { ExportPanel } from './export-panel.tsx'

function EmailPanel({ email, isVerified }: { email: string; isVerified: boolean }) {
  const { account: text, security } = words.settings
  const said = useSignal('')
  return (
    <Panel title={text.email} hint={text.emailHint}>
      <p class="row-line">
        {email} <span class={`tag ${isVerified ? '' : 'unknown'}`}>{isVerified ? text.verified : text.unverified}</span>
      </p>
      {!isVerified && (
        <ActButton
          onAct={async () => {
            await client.rest.recovery.resendVerification({ email })
            said.value = text.mailSent(email)
          }}
        >
          {text.sendAgain}
        </ActButton>
      )}
      <p class="hint" role="status">
        {said}
      </p>
      <Form
        submit={text.changeEmail}
        done={text.emailAsked}
        meant={{ INVALID_CREDENTIALS: security.wrongPassword }}
        onSubmit={async ({ new_email = '', password = '' }) => {
          await client.rest.recovery.changeEmail({ new_email: new_email.trim(), password })
        }}
      >
        {(errors) => (
          <>
            <Field
              label={text.newEmail}
              name="new_email"
              type="email"
              autocomplete="email"
              error={errors.get('new_email') ?? errors.get('email')}
            />
            <Field
              label={words.signIn.password}
              name="password"
              type="password"
              autocomplete="current-password"
              error={errors.get('password')}
            />
          </>
        )}
      </Form>
    </Panel>
  )
}

export function AccountSection() {
  if (standing.value.is !== 'signed-in') return null
  const { me } = standing.value
  return (
    <>
      <EmailPanel email={me.email} isVerified={me.email_verified} />
      <ExportPanel />
      <ErasePanel />
    </>
  )
}
