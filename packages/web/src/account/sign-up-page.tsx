import { useSignal } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import { follow } from '../app/router.ts'
import { Field } from '../controls/field.tsx'
import { Form } from '../controls/form.tsx'
import { pages } from '../pages.ts'
import { words } from '../words/index.ts'
import { Entrance } from './entrance.tsx'
import { signUp } from './session.ts'

export function SignUpPage() {
  const unconfirmed = useSignal<string | undefined>(undefined)
  const { signUp: text } = words

  async function submit(values: Readonly<Record<string, string>>): Promise<void> {
    const { display_name = '', username = '', email = '', password = '' } = values
    const person = { display_name: display_name.trim(), username: username.trim(), email: email.trim(), password }
    if (!(await signUp(person))) unconfirmed.value = person.email
  }

  const toSignIn = (
    <a href={pages.signIn} onClick={follow}>
      {text.toSignIn}
    </a>
  )
  if (unconfirmed.value !== undefined) {
    return (
      <Entrance title={text.title}>
        <p role="status">{text.confirmFirst(unconfirmed.value)}</p>
        <p class="aside">{toSignIn}</p>
      </Entrance>
    )
  }
  return (
    <Entrance title={text.title}>
      <Form submit={text.submit} onSubmit={submit}>
        {(errors) => (
          <>
            <Field
              label={text.displayName}
              name="display_name"
              autocomplete="name"
              maxLength={limits.displayNameCharacters}
              error={errors.get('display_name')}
              isFocused
            />
            <Field
              label={text.username}
              name="username"
              hint={text.usernameHint}
              autocomplete="username"
              minLength={limits.usernameCharacters.min}
              maxLength={limits.usernameCharacters.max}
              error={errors.get('username')}
            />
            <Field label={text.email} name="email" type="email" autocomplete="email" error={errors.get('email')} />
            <Field
              label={text.password}
              name="password"
              type="password"
              hint={text.passwordHint}
              autocomplete="new-password"
              minLength={limits.passwordCodePoints.min}
              error={errors.get('password')}
            />
          </>
        )}
      </Form>
      <p class="aside">
        {text.haveAccount} {toSignIn}
      </p>
    </Entrance>
  )
}
