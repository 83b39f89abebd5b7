import { limits, type Metadata } from '@secureconnect/protocol'

const { durationMs, waveformBytes } = limits.voice

/** What is wrong with how a voice message is drawn: `duration_ms`, and `waveform`, one byte of loudness a bar in base64. */
export function findVoiceFault({ duration_ms: duration, waveform }: Metadata): string | undefined {
  if (duration !== undefined) {
    const isDuration = Number.isInteger(duration) && Number(duration) >= 1 && Number(duration) <= durationMs
    if (!isDuration) return `must have a whole number from 1 to ${durationMs} as duration_ms`
  }
  if (waveform === undefined) return undefined
  const bytes = Buffer.from(String(waveform), 'base64')
  const isWaveform = typeof waveform === 'string' && bytes.length > 0 && bytes.toString('base64') === waveform
  if (!isWaveform || bytes.length > waveformBytes) return `must have base64 of 1 to ${waveformBytes} bytes as waveform`
  return duration === undefined ? 'must have a duration_ms beside the waveform' : undefined
}
