import type { Ending } from '@secureconnect/sdk/calls'
import { words } from '../words/index.ts'
import { CannotEncrypt } from './encrypted/call-encryption.ts'
import { explainCall } from './explain-call.ts'

/** What became of a call, and what may be done next: nothing need be said where one has left by oneself. */
export type Outcome = { text: string; next: 'call' | 'join' | 'retry' | 'none' } | undefined

const { outcomes } = words.calls

const byStatus: Readonly<Record<string, Outcome>> = {
  declined: { text: outcomes.declined, next: 'call' },
  missed: { text: outcomes.missed, next: 'call' },
  busy: { text: outcomes.busy, next: 'call' },
}

const byReason: Readonly<Record<string, Outcome>> = {
  left: undefined,
  replaced: { text: outcomes.replaced, next: 'join' },
  kicked: { text: outcomes.kicked, next: 'join' },
  banned: { text: outcomes.banned, next: 'none' },
  removed: { text: outcomes.removed, next: 'none' },
  forbidden: { text: outcomes.signedOut, next: 'none' },
  lost: { text: outcomes.lost, next: 'join' },
  server_restart: { text: outcomes.lost, next: 'join' },
}

/** How a call ended that one was in. */
export function describeEnding({ reason, call, error }: Ending): Outcome {
  if (error !== undefined) return describeFailure(error)
  if (reason in byReason) return byReason[reason]
  const isLost = call?.end_reason === 'lost' || call?.end_reason === 'server_restart'
  return byStatus[call?.status ?? ''] ?? { text: isLost ? outcomes.lost : outcomes.ended, next: 'call' }
}

/** Why one could not come into a call. */
export function describeFailure(error: unknown): Outcome {
  if (error instanceof CannotEncrypt) return { text: error.message, next: 'retry' }
  const isBrowsers = error instanceof Error && error.constructor === Error
  return isBrowsers ? { text: outcomes.noBrowser, next: 'none' } : { text: explainCall(error), next: 'retry' }
}
