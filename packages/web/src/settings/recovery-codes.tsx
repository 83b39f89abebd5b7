import { useSignal } from '@preact/signals'
import { Button } from '../controls/button.tsx'
import { save } from '../controls/save.ts'
import { words } from '../words/index.ts'

/** Shows codes that are told once. */
export function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const said = useSignal('')
  const { recovery: text } = words.settings.security
  const whole = `${codes.join('\n')}\n`

  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(whole).then(
      () => (said.value = text.copied),
      () => (said.value = text.notCopied),
    )
  }

  return (
    <div class="form">
      <p>{text.explanation}</p>
      <ul class="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div class="choices">
        <Button onClick={() => void copy()}>{text.copy}</Button>
        <Button onClick={() => save('recovery-codes.txt', new Blob([whole], { type: 'text/plain' }))}>
          {text.download}
        </Button>
      </div>
      <p class="hint" role="status">
        {said}
      </p>
      <Button kind="primary" onClick={onKept}>
        {text.kept}
      </Button>
    </div>
  )
}
