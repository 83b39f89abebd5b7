import { useSignal } from '@preact/signals'
import type { OwnConversation } from '@secureconnect/sdk'
import { Button } from '../../controls/button.tsx'
import { words } from '../../words/index.ts'

/** How many days messages are kept; 0 is as long as the conversation. */
const terms = [0, 7, 30, 90, 365]

type Props = {
  conversation: OwnConversation
  mayChange: boolean
  onChange: (days: number | null) => Promise<unknown>
}

/** How long messages are kept. Since a shorter time deletes what is older at once, it is asked for twice. */
export function Retention({ conversation, mayChange, onChange }: Props) {
  const { details: text } = words
  const now = conversation.retention_days ?? 0
  const wished = useSignal<number | undefined>(undefined)
  const shown = wished.value ?? now
  const isShorter = (days: number) => days !== 0 && (now === 0 || days < now)

  function choose(days: number): void {
    wished.value = isShorter(days) ? days : undefined
    if (!isShorter(days)) void onChange(days || null)
  }
  async function confirm(days: number): Promise<void> {
    await onChange(days)
    wished.value = undefined
  }
  return (
    <>
      <label class="setting">
        <span>{text.retention}</span>
        <select value={shown} disabled={!mayChange} onChange={(event) => choose(Number(event.currentTarget.value))}>
          {[...new Set([...terms, now])].map((days) => (
            <option key={days} value={days}>
              {days === 0 ? text.retained : text.days(days)}
            </option>
          ))}
        </select>
      </label>
      {wished.value !== undefined && (
        <div class="notice" role="alert">
          <p>{text.retentionQuestion(text.days(shown))}</p>
          <p class="choices">
            <Button kind="danger" onClick={() => confirm(shown)}>
              {text.deleteOlder}
            </Button>
            <Button kind="quiet" onClick={() => (wished.value = undefined)}>
              {words.cancel}
            </Button>
          </p>
        </div>
      )}
    </>
  )
}
