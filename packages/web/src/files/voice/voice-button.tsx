import type { ComponentType } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { IconButton } from '../../controls/button.tsx'
import { icons } from '../../controls/icons.tsx'
import { words } from '../../words/index.ts'
import { findRecording } from './kept-recording.ts'
import type { Recording } from './recorder.ts'

type Panel = ComponentType<{ conversationId: string; before?: Recording | undefined; onClose: () => void }>
type Opened = { VoicePanel: Panel; before?: Recording | undefined }

/** Opens what records a voice message, which is loaded for the first of them. */
export function VoiceButton({ conversationId }: { conversationId: string }) {
  const place = useRef<HTMLSpanElement>(null)
  const [opened, setOpened] = useState<Opened>()
  const [hasFailed, setFailed] = useState(false)
  useEffect(() => {
    findRecording(conversationId).then(
      (before) => before && open(before),
      () => undefined,
    )
  }, [conversationId])
  function open(before?: Recording): void {
    setFailed(false)
    import('./voice-panel.tsx').then(
      ({ VoicePanel }) => setOpened({ VoicePanel, before }),
      () => setFailed(true),
    )
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
      <IconButton label={words.files.voice.record} icon={icons.microphone} onClick={() => open()} />
      {opened && <opened.VoicePanel conversationId={conversationId} before={opened.before} onClose={close} />}
    </span>
  )
}
