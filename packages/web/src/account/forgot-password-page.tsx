import { useSignal } from '@preact/signals'
import { client } from '../app/client.ts'
import { follow } from '../app/router.ts'
import { Field } from '../controls/field.tsx'
import { Form } from '../controls/form.tsx'
import { pages } from '../pages.ts'
import { words } from '../words/index.ts'
import { Entrance } from './entrance.tsx'

export function ForgotPasswordPage() {
  const isSent = useSignal(false)
  const { forgotPassword: text } = words

  async function submit({ email = '' }: Readonly<Record<string, string>>): Promise<void> {
    await client.rest.recovery.requestPasswordReset({ email: email.trim() })
    isSent.value = true
  }

  return (
    <Entrance title={text.title}>
      {isSent.value ? (
        <p role="status">{text.sent}</p>
      ) : (
        <Form submit={text.submit} onSubmit={submit}>
          {(errors) => (
            <>
              <p>{text.explanation}</p>
              <Field
                label={words.signUp.email}
                name="email"
                type="email"
                autocomplete="email"
                error={errors.get('email')}
                isFocused
              />
            </>
          )}
        </Form>
      )}
      <p class="aside">
        <a href={pages.signIn} onClick={follow}>
          {words.back}
        </a>
      </p>
    </Entrance>
  )
}
