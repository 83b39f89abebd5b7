import { useSignal } from '@preact/signals'
import { ApiError } from '@secureconnect/sdk'
import { follow } from '../app/router.ts'
import { Field } from '../controls/field.tsx'
import { Form } from '../controls/form.tsx'
import { pages } from '../pages.ts'
import { words } from '../words/index.ts'
import { Entrance } from './entrance.tsx'
import { signIn, standing } from './session.ts'

export function SignInPage() {
  const needsCode = useSignal(false)
  const { signIn: text } = words
  const wasEnded = standing.value.is === 'signed-out' && standing.value.wasEnded

  async function submit({ login = '', password = '', totp }: Readonly<Record<string, string>>): Promise<void> {
    try {
      await signIn({ login: login.trim(), password, ...(totp && { totp }) })
    } catch (error) {
      const isFirst = error instanceof ApiError && error.code === 'TOTP_REQUIRED' && !needsCode.value
      if (!isFirst) throw error
      needsCode.value = true
    }
  }

  return (
    <Entrance title={text.title}>
      {wasEnded && <p class="notice">{text.wasEnded}</p>}
      <Form submit={text.submit} onSubmit={submit}>
        {() => (
          <>
            <Field label={text.login} name="login" autocomplete="username" isFocused />
            <Field label={text.password} name="password" type="password" autocomplete="current-password" />
            {needsCode.value && (
              <Field label={text.code} name="totp" hint={text.codeHint} autocomplete="one-time-code" isFocused />
            )}
          </>
        )}
      </Form>
      <p class="aside">
        <a href={pages.forgotPassword} onClick={follow}>
          {text.forgot}
        </a>
      </p>
      <p class="aside">
        {text.noAccount}{' '}
        <a href={pages.signUp} onClick={follow}>
          {text.toSignUp}
        </a>
      </p>
    </Entrance>
  )
}
