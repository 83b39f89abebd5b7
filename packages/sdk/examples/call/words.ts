import { ApiError, ConnectionError } from '@secureconnect/sdk'
import type { Ending } from '@secureconnect/sdk/calls'

const devices: Readonly<Record<string, string>> = {
  NotAllowedError: 'the browser does not allow it.',
  NotFoundError: 'there is none.',
  NotReadableError: 'another program has it, or it does not work.',
}

const calls: Readonly<Record<string, string>> = {
  declined: 'Your call was declined.',
  missed: 'Nobody answered.',
  busy: 'Whom you called is in another call.',
}

const endings: Readonly<Record<string, string>> = {
  left: 'You have left the call.',
  replaced: 'The call goes on in another window or on another device of yours.',
  forbidden: 'You are signed out.',
  kicked: 'A host has taken you out of the call.',
  banned: 'A host has taken you out of the call for good.',
}

/** What went wrong, for people. */
export function describeError(error: unknown): string {
  if (error instanceof ApiError) return error.message
  if (error instanceof ConnectionError) return 'The system does not answer.'
  return String(error)
}

/** Why something of one's own is not sent. */
export function describeDevice(name: string, error: unknown): string {
  const reason = error instanceof DOMException ? devices[error.name] : undefined
  return `Your ${name} is off: ${reason ?? describeError(error)}`
}

export function describeEnding({ reason, call, error }: Ending): string {
  if (error) return describeError(error)
  return calls[call?.status ?? ''] ?? endings[reason] ?? 'The call is over.'
}
