import { useSignal } from '@preact/signals'
import { attempt } from '../../controls/attempt.ts'
import { Button } from '../../controls/button.tsx'
import { words } from '../../words/index.ts'

type Props = {
  label: string
  /** What it would mean. */
  question: string
  onConfirm: () => Promise<unknown>
}

/** A button for what cannot be taken back: it asks once more, in its own place. */
export function Confirmed({ label, question, onConfirm }: Props) {
  const isAsked = useSignal(false)
  const isBusy = useSignal(false)
  async function confirm(): Promise<void> {
    isBusy.value = true
    await attempt(onConfirm)
    isBusy.value = false
    isAsked.value = false
  }
  if (!isAsked.value) {
    return (
      <Button kind="danger" onClick={() => (isAsked.value = true)}>
        {label}
      </Button>
    )
  }
  return (
    <div class="notice">
      <p>{question}</p>
      <p class="choices">
        <Button kind="danger" isBusy={isBusy.value} onClick={confirm}>
          {label}
        </Button>
        <Button kind="quiet" onClick={() => (isAsked.value = false)}>
          {words.cancel}
        </Button>
      </p>
    </div>
  )
}
