import { useSignal } from '@preact/signals'
import type { User } from '@secureconnect/sdk'
import { enter, standing } from '../account/session.ts'
import { client } from '../app/client.ts'
import { ActButton } from '../controls/act-button.tsx'
import { Field } from '../controls/field.tsx'
import { Form } from '../controls/form.tsx'
import { Panel } from '../controls/panel.tsx'
import { words } from '../words/index.ts'
import { QrCode } from './qr-code.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'

type Setup = { secret: string; otpauth_uri: string }

/** Shows the secret to the app, and has its first code shown in return. */
function SetUp({ setup, onEnabled }: { setup: Setup; onEnabled: (codes: readonly string[]) => void }) {
  const { factor: text } = words.settings.security
  return (
    <Form
      submit={text.enable}
      meant={{ INVALID_CREDENTIALS: text.wrongCode }}
      onSubmit={async ({ code = '' }) => {
        const { recovery_codes } = await client.rest.factors.enableTotp({ code: code.trim() })
        onEnabled(recovery_codes)
      }}
    >
      {(errors) => (
        <>
          <p>{text.scan}</p>
          <QrCode text={setup.otpauth_uri} label={text.qrCode} />
          <p class="hint">{text.type}</p>
          <code class="secret">{setup.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
          <Field label={text.code} name="code" autocomplete="one-time-code" error={errors.get('code')} isFocused />
        </>
      )}
    </Form>
  )
}

function TurnOff({ me }: { me: User }) {
  const { factor: text, wrongPassword } = words.settings.security
  return (
    <Form
      submit={text.disable}
      meant={{ INVALID_CREDENTIALS: `${wrongPassword} ${text.wrongCode}` }}
      onSubmit={async ({ password = '', code = '' }) => {
        await client.rest.factors.disableTotp({ password, code: code.trim() })
        enter({ ...me, totp_enabled: false })
      }}
    >
      {(errors) => (
        <>
          <Field
            label={words.signIn.password}
            name="password"
            type="password"
            autocomplete="current-password"
            error={errors.get('password')}
          />
          <Field
            label={words.signIn.code}
            name="code"
            hint={words.signIn.codeHint}
            autocomplete="one-time-code"
            error={errors.get('code')}
          />
        </>
      )}
    </Form>
  )
}

/** Signing in by a code of an authenticator app as well. */
export function FactorPanel() {
  const setup = useSignal<Setup | undefined>(undefined)
  const codes = useSignal<readonly string[]>([])
  if (standing.value.is !== 'signed-in') return null
  const { me } = standing.value
  const { factor: text } = words.settings.security

  function noteEnabled(recoveryCodes: readonly string[]): void {
    setup.value = undefined
    codes.value = recoveryCodes
    enter({ ...me, totp_enabled: true })
  }

  return (
    <Panel title={text.title} hint={me.totp_enabled ? text.isOn : text.hint}>
      {codes.value.length > 0 && <RecoveryCodes codes={codes.value} onKept={() => (codes.value = [])} />}
      {me.totp_enabled && codes.value.length === 0 && <TurnOff me={me} />}
      {!me.totp_enabled && setup.value && <SetUp setup={setup.value} onEnabled={noteEnabled} />}
      {!me.totp_enabled && !setup.value && (
        <ActButton onAct={async () => (setup.value = await client.rest.factors.setUpTotp())}>{text.setUp}</ActButton>
      )}
    </Panel>
  )
}
