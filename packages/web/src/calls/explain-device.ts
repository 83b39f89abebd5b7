import { words } from '../words/index.ts'
import { explainCall } from './explain-call.ts'

/** Why a microphone, a camera or a screen cannot be had, and what to do about it. */
export function explainDevice(source: 'mic' | 'camera' | 'screen', error: unknown): string {
  const { devices } = words.calls
  if (!(error instanceof DOMException)) return devices.unsent(devices.names[source], explainCall(error))
  const { blocked, none, busy, failed } = devices
  const reasons: Readonly<Record<string, (name: string) => string>> = {
    NotAllowedError: blocked,
    SecurityError: blocked,
    NotFoundError: none,
    OverconstrainedError: none,
    NotReadableError: busy,
  }
  return (reasons[error.name] ?? failed)(devices.names[source])
}

/** Who closes the browser's own question about his screen has changed his mind, and needs to be told nothing. */
export function isChangeOfMind(source: string, error: unknown): boolean {
  return source === 'screen' && error instanceof DOMException && error.name === 'NotAllowedError'
}
