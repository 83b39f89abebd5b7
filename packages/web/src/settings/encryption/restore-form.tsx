import { useSignal } from '@preact/signals'
import { ApiError } from '@secureconnect/sdk'
import type { KeyBackup } from '@secureconnect/sdk/encryption'
import { Field } from '../../controls/field.tsx'
import { Form } from '../../controls/form.tsx'
import { readAgain } from '../../encryption/readings.ts'
import { words } from '../../words/index.ts'
import { wholeTimeOf } from '../../words/times.ts'

type Props = { backup: KeyBackup; triesLeft: number; onRestored: () => void }

/** Brings back what a backup holds, by its passphrase: each wrong one takes a while, and there are few a day. */
export function RestoreForm({ backup, triesLeft, onRestored }: Props) {
  const { restore: text } = words.trust
  const left = useSignal(triesLeft)
  const fault = useSignal<string | undefined>(undefined)

  /** What is wrong with the passphrase is said beside it; anything else is thrown on. */
  async function explainRefusal(error: unknown): Promise<string> {
    const { code, retryAfterMs = 0 } = error instanceof ApiError ? error : {}
    if (code === 'RATE_LIMITED') {
      left.value = 0
      return text.tooOften(wholeTimeOf(new Date(Date.now() + retryAfterMs).toISOString()))
    }
    if (error instanceof Error && error.name === 'TamperedError') return text.tampered
    if (code !== 'FORBIDDEN') throw error
    const found = await backup.look()
    if (found.is === 'none') return text.gone
    left.value = found.triesLeft
    return text.wrong
  }

  async function restore({ passphrase = '' }: Readonly<Record<string, string>>): Promise<void> {
    fault.value = undefined
    try {
      await backup.restore(passphrase)
    } catch (error) {
      fault.value = await explainRefusal(error)
      return
    }
    readAgain()
    onRestored()
  }

  return (
    <Form submit={text.submit} meant={{ NOT_FOUND: text.gone }} onSubmit={restore}>
      {() => (
        <Field
          label={words.trust.passphrase.label}
          name="passphrase"
          type="password"
          autocomplete="off"
          {...(left.value > 0 && { hint: text.triesLeft(left.value) })}
          error={fault.value && `${fault.value} ${left.value > 0 ? text.triesLeft(left.value) : ''}`.trim()}
        />
      )}
    </Form>
  )
}
