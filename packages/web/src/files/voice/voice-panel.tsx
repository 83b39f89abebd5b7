import { useEffect, useMemo, useRef } from 'preact/hooks'
import { Button, IconButton } from '../../controls/button.tsx'
import { icons } from '../../controls/icons.tsx'
import { words } from '../../words/index.ts'
import { clockOf } from '../../words/times.ts'
import { SoundPlayer } from '../sound/sound-player.tsx'
import { forgetRecording } from './kept-recording.ts'
import type { Recorder, Recording } from './recorder.ts'
import { createVoiceMessage, type VoiceState } from './voice-message.ts'

function Meter({ recorder }: { recorder: Recorder }) {
  return (
    <>
      <span class="recording-mark" aria-hidden="true" />
      <span class="recorded-time">{clockOf(recorder.elapsedMs.value)}</span>
      <meter min={0} max={1} value={recorder.level.value} aria-label={words.files.voice.level} />
    </>
  )
}

function Told({ state }: { state: VoiceState }) {
  const { voice } = words.files
  switch (state.is) {
    case 'asking':
      return <p class="hint">{voice.asking}</p>
    case 'refused':
      return (
        <p class="error" role="alert">
          {state.why}
        </p>
      )
    case 'recording':
      return <Meter recorder={state.recorder} />
    case 'sending':
      return (
        <progress max={state.recording.bytes.size} value={state.sent} aria-label={words.files.uploading(voice.title)} />
      )
    default: {
      const { recording, url, failure } = state
      return (
        <>
          <SoundPlayer
            label={voice.title}
            load={async () => url}
            durationMs={recording.durationMs}
            levels={recording.levels}
          />
          {failure !== undefined && (
            <p class="error" role="alert">
              {failure}
            </p>
          )}
        </>
      )
    }
  }
}

type Props = { conversationId: string; before?: Recording | undefined; onClose: () => void }

/** In the place of the composer: records a voice message, lets it be heard, and sends it. */
export function VoicePanel({ conversationId, before, onClose }: Props) {
  const panel = useRef<HTMLFieldSetElement>(null)
  const message = useMemo(() => createVoiceMessage(conversationId, before), [conversationId])
  useEffect(() => {
    if (before) return message.close
    void message.record()
    panel.current?.focus()
    return message.close
  }, [message])
  const state = message.state.value
  const { voice } = words.files

  async function deliver(): Promise<void> {
    if (await message.deliver()) onClose()
  }
  function discard(): void {
    forgetRecording(conversationId)
    onClose()
  }
  function handleKey(event: KeyboardEvent): void {
    // It stands in the form of the message that is being written, which is not to be sent by it.
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) event.preventDefault()
    if (event.key === 'Escape') discard()
  }
  return (
    <fieldset class="voice-panel" ref={panel} tabIndex={-1} aria-label={voice.title} onKeyDown={handleKey}>
      <IconButton label={voice.discard} icon={icons.bin} onClick={discard} />
      <div class="voice-told">
        <Told state={state} />
      </div>
      {state.is === 'refused' && <Button onClick={message.record}>{words.tryAgain}</Button>}
      {state.is === 'recording' && <Button onClick={message.finish}>{voice.finish}</Button>}
      {(state.is === 'recorded' || state.is === 'sending') && (
        <IconButton label={voice.send} icon={icons.send} onClick={deliver} isDisabled={state.is === 'sending'} />
      )}
    </fieldset>
  )
}
