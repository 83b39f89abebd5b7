import { useSignal } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import { client } from '../app/client.ts'
import { follow } from '../app/router.ts'
import { Field } from '../controls/field.tsx'
import { Form } from '../controls/form.tsx'
import { pages } from '../pages.ts'
import { words } from '../words/index.ts'
import { Entrance } from './entrance.tsx'
import { readMailedToken } from './mailed-token.ts'

export function ResetPasswordPage() {
  const isDone = useSignal(false)
  const { resetPassword: text } = words
  const token = readMailedToken()

  async function submit({ password = '' }: Readonly<Record<string, string>>): Promise<void> {
    await client.rest.recovery.resetPassword({ token: token ?? '', new_password: password })
    isDone.value = true
  }

  if (token === undefined || isDone.value) {
    return (
      <Entrance title={text.title}>
        <p role="status">{isDone.value ? text.done : words.linkIsIncomplete}</p>
        <p class="aside">
          <a href={pages.signIn} onClick={follow}>
            {words.goOn}
          </a>
        </p>
      </Entrance>
    )
  }
  return (
    <Entrance title={text.title}>
      <Form submit={text.submit} onSubmit={submit}>
        {(errors) => (
          <Field
            label={text.password}
            name="password"
            type="password"
            hint={words.signUp.passwordHint}
            autocomplete="new-password"
            minLength={limits.passwordCodePoints.min}
            error={errors.get('new_password')}
            isFocused
          />
        )}
      </Form>
    </Entrance>
  )
}
