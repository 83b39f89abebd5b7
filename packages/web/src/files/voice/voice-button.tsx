import type { ComponentType } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { IconButton } from '../../controls/button.tsx'
import { icons } from '../../controls/icons.tsx'
import { words } from '../../words/index.ts'

type Panel = ComponentType<{ conversationId: string; onClose: () => void }>

/** Opens what records a voice message, which is loaded for the first of them. */
export function VoiceButton({ conversationId }: { conversationId: string }) {
  const place = useRef<HTMLSpanElement>(null)
  const [opened, setOpened] = useState<{ VoicePanel: Panel }>()
  const [hasFailed, setFailed] = useState(false)
  function open(): void {
    setFailed(false)
    import('./voice-panel.tsx').then(setOpened, () => setFailed(true))
  }
  function close(): void {
    setOpened(undefined)
    place.current?.querySelector('button')?.focus()
  }
  return (
    <span class="voice-place" ref={place}>
      {hasFailed && (
        <span class="error" role="alert">
          {words.errors.noAnswer}
        </span>
      )}
      <IconButton label={words.files.voice.record} icon={icons.microphone} onClick={open} />
      {opened && <opened.VoicePanel conversationId={conversationId} onClose={close} />}
    </span>
  )
}
