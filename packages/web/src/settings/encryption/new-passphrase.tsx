import { useSignal } from '@preact/signals'
import { createPassphrase, isStrong, passphraseRule } from '@secureconnect/e2ee/backup'
import { Button } from '../../controls/button.tsx'
import { Field } from '../../controls/field.tsx'
import { Form } from '../../controls/form.tsx'
import { words } from '../../words/index.ts'

type Props = { submit: string; onChosen: (passphrase: string) => Promise<void>; onCancel?: () => void }

/** Has somebody choose a passphrase, or make one that nobody can guess; it is shown, because it has to be written down. */
export function NewPassphrase({ submit, onChosen, onCancel }: Props) {
  const { passphrase: text } = words.trust
  const passphrase = useSignal('')
  const isWeak = useSignal(false)

  async function choose(): Promise<void> {
    isWeak.value = !isStrong(passphrase.value)
    if (!isWeak.value) await onChosen(passphrase.value)
  }

  function take(next: string): void {
    passphrase.value = next
    isWeak.value = false
  }

  const rule = text.rule(passphraseRule.characters, passphraseRule.different)
  return (
    <Form submit={submit} onSubmit={choose}>
      {() => (
        <>
          <Field
            label={text.label}
            name="passphrase"
            hint={rule}
            error={isWeak.value ? text.weak(rule) : undefined}
            autocomplete="off"
            value={passphrase.value}
            onInput={take}
          />
          <div class="choices">
            <Button onClick={() => take(createPassphrase())}>{text.make}</Button>
            {onCancel && (
              <Button kind="quiet" onClick={onCancel}>
                {words.cancel}
              </Button>
            )}
          </div>
          <p class="hint">{text.keep}</p>
        </>
      )}
    </Form>
  )
}
