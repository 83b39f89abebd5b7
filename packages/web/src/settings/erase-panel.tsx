import { useSignal } from '@preact/signals'
import { signOut } from '../account/session.ts'
import { client } from '../app/client.ts'
import { Button } from '../controls/button.tsx'
import { Choice } from '../controls/choice.tsx'
import { Dialog } from '../controls/dialog.tsx'
import { Field } from '../controls/field.tsx'
import { Form } from '../controls/form.tsx'
import { Panel } from '../controls/panel.tsx'
import { words } from '../words/index.ts'

const fates = ['keep', 'delete'] as const

function EraseDialog({ onClose }: { onClose: () => void }) {
  const { erase: text } = words.settings.account
  const messages = useSignal<(typeof fates)[number]>('keep')

  async function submit({ password = '' }: Readonly<Record<string, string>>): Promise<void> {
    await client.rest.ownAccount.erase({ password, messages: messages.value })
    await signOut()
  }

  return (
    <Dialog title={text.title} onClose={onClose}>
      <p>{text.explanation}</p>
      <Choice
        label={text.messages}
        options={fates.map((name) => ({ name, text: text.fates[name] }))}
        chosen={messages.value}
        onChoose={(fate) => (messages.value = fate)}
      />
      <Form
        submit={text.submit}
        kind="danger"
        meant={{ INVALID_CREDENTIALS: words.settings.security.wrongPassword }}
        onSubmit={submit}
      >
        {(errors) => (
          <Field
            label={words.signIn.password}
            name="password"
            type="password"
            autocomplete="current-password"
            error={errors.get('password')}
          />
        )}
      </Form>
    </Dialog>
  )
}

/** The end of the account, which asks once more before it is one. */
export function ErasePanel() {
  const isAsking = useSignal(false)
  const { erase: text } = words.settings.account
  return (
    <Panel title={text.title} hint={text.hint}>
      <Button kind="danger" onClick={() => (isAsking.value = true)}>
        {text.begin}
      </Button>
      {isAsking.value && <EraseDialog onClose={() => (isAsking.value = false)} />}
    </Panel>
  )
}
