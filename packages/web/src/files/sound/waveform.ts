import { limits } from '@secureconnect/protocol/constants'

const bars = 56

/** How loud each part of a recording was, for drawing it: so many levels from 0 to 1 as there are bars, or fewer. */
export function toBars(levels: readonly number[]): readonly number[] {
  const count = Math.min(bars, levels.length)
  return Array.from({ length: count }, (_, bar) => {
    const part = levels.slice(
      Math.floor((bar * levels.length) / count),
      Math.floor(((bar + 1) * levels.length) / count),
    )
    return Math.max(...part)
  })
}

/** Bars as a message has them: a byte each, in base64. */
export function writeWaveform(levels: readonly number[]): string {
  return btoa(String.fromCharCode(...levels.map((level) => Math.round(Math.min(1, Math.max(0, level)) * 255))))
}

/** The bars of a message; none where it has none, or what is none. */
export function readWaveform(written: unknown): readonly number[] {
  if (typeof written !== 'string' || written.length > limits.voice.waveformBytes * 2) return []
  try {
    const levels = [...atob(written)].map((character) => character.charCodeAt(0) / 255)
    return toBars(levels)
  } catch {
    return []
  }
}
