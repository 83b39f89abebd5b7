import { signal } from '@preact/signals'
import { sendMessage } from '../../chat/writing/sending.ts'
import { explain } from '../../words/explain.ts'
import { words } from '../../words/index.ts'
import { writeWaveform } from '../sound/waveform.ts'
import { uploadFile } from '../upload-file.ts'
import { forgetRecording, keepRecording } from './kept-recording.ts'
import { Recorder, type Recording } from './recorder.ts'

export type VoiceState =
  | { is: 'asking' }
  | { is: 'refused'; why: string }
  | { is: 'recording'; recorder: Recorder }
  | { is: 'recorded'; recording: Recording; url: string; failure?: string }
  | { is: 'sending'; recording: Recording; url: string; sent: number }

const endings: Readonly<Record<string, string>> = { 'audio/webm': 'webm', 'audio/ogg': 'ogg', 'audio/mp4': 'm4a' }

function whyNoMicrophone(error: unknown): string {
  const { voice } = words.files
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return voice.refused
  if (name === 'NotFoundError') return voice.none
  // Without TLS a page has no microphones to ask for.
  return navigator.mediaDevices === undefined ? voice.insecure : voice.broken
}

/** What is lost of a recording at most, where its page is. */
const keptEveryMs = 2_000

const show = (recording: Recording): VoiceState => ({
  is: 'recorded',
  recording,
  url: URL.createObjectURL(recording.bytes),
})

/** One voice message, from the asking for a microphone, or what was recorded before, to its being sent. */
export function createVoiceMessage(conversationId: string, before?: Recording) {
  const state = signal<VoiceState>(before ? show(before) : { is: 'asking' })
  const leaving = new AbortController()
  const keeping = setInterval(() => {
    if (state.value.is === 'recording') keepRecording(conversationId, state.value.recorder.recorded())
  }, keptEveryMs)

  async function record(): Promise<void> {
    state.value = { is: 'asking' }
    try {
      const recorder = await Recorder.start(() => void finish())
      if (leaving.signal.aborted) recorder.close()
      else state.value = { is: 'recording', recorder }
    } catch (error) {
      state.value = { is: 'refused', why: whyNoMicrophone(error) }
    }
  }

  async function finish(): Promise<void> {
    if (state.value.is !== 'recording') return
    const { recorder } = state.value
    state.value = { is: 'asking' }
    const recording = await recorder.finish()
    if (leaving.signal.aborted) return
    state.value = show(recording)
    keepRecording(conversationId, recording)
  }

  /** Uploads and sends it; where that is refused, what was recorded stays. True once it is on its way. */
  async function deliver(): Promise<boolean> {
    if (state.value.is !== 'recorded') return false
    const { recording, url } = state.value
    const { bytes, durationMs, levels } = recording
    const tell = (sent: number) => (state.value = { is: 'sending', recording, url, sent })
    tell(0)
    try {
      const name = `${words.files.voice.title}.${endings[bytes.type] ?? 'webm'}`
      const { fileId, sealed } = await uploadFile(
        { name, bytes, conversationId },
        { onProgress: tell, signal: leaving.signal },
      )
      const metadata = { duration_ms: durationMs, waveform: writeWaveform(levels), has_no_words: true }
      const content = words.files.voice.title
      sendMessage({
        conversation_id: conversationId,
        content,
        message_type: 'audio',
        file_ids: [fileId],
        ...(sealed && { sealedFiles: [sealed] }),
        metadata,
      })
      forgetRecording(conversationId)
      return true
    } catch (error) {
      if (!leaving.signal.aborted) state.value = { is: 'recorded', recording, url, failure: explain(error) }
      return false
    }
  }

  return {
    state,
    record,
    finish,
    deliver,
    /** What was recorded is kept, unless somebody forgets it. */
    close(): void {
      leaving.abort()
      clearInterval(keeping)
      if (state.value.is === 'recording') state.value.recorder.close()
      if ('url' in state.value) URL.revokeObjectURL(state.value.url)
    },
  }
}
