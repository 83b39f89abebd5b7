import { useSignal } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import type { Message } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { Dialog } from '../../controls/dialog.tsx'
import { Field } from '../../controls/field.tsx'
import { Form } from '../../controls/form.tsx'
import { Switch } from '../../controls/switch.tsx'
import { tell } from '../../controls/toasts.ts'
import { shownOf } from '../../encryption/readings.ts'
import { nameOf } from '../../people/people.ts'
import { words } from '../../words/index.ts'

/** Tells the administrators of a message that should not be there. */
export function ReportDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const { report: text } = words
  const { min, max } = limits.reasonCharacters
  const isDisclosed = useSignal(false)

  async function submit({ reason = '' }: Readonly<Record<string, string>>): Promise<void> {
    const { content } = shownOf(message)
    const told = isDisclosed.value && content ? { disclosed_content: content } : {}
    await client.rest.reports.reportMessage({ message_id: message.message_id, reason: reason.trim(), ...told })
    tell(text.done)
    onClose()
  }

  return (
    <Dialog title={text.title(nameOf(message.sender_id))} onClose={onClose}>
      <p class="hint">{text.explanation}</p>
      <Form submit={text.submit} onSubmit={submit}>
        {(errors) => (
          <>
            <Field
              label={text.reason}
              name="reason"
              minLength={min}
              maxLength={max}
              error={errors.get('reason')}
              autocomplete="off"
              isFocused
            />
            {message.is_encrypted && (
              <Switch
                label={words.encryption.disclose}
                hint={words.encryption.discloseHint}
                isOn={isDisclosed.value}
                onChange={(isOn) => (isDisclosed.value = isOn)}
              />
            )}
          </>
        )}
      </Form>
    </Dialog>
  )
}
