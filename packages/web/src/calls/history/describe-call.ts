import type { Call } from '@secureconnect/sdk/calls'
import { client } from '../../app/client.ts'
import { lookUpConversation, titleOf } from '../../chat/list/conversations.ts'
import { words } from '../../words/index.ts'
import { durationOf } from '../../words/times.ts'

const { history: text } = words.calls

export const isOwnCall = ({ caller_id }: Call) => caller_id === client.userId

/** Whether it rang at oneself in vain. */
export const isMissed = (call: Call) => call.ended_at !== null && call.invite_status === 'missed'

/** With whom it was. */
export function titleOfCall({ conversation_id }: Call): string {
  const conversation = lookUpConversation(conversation_id)
  if (conversation === null) return text.gone
  return conversation ? titleOf(conversation) : '…'
}

export function durationOfCall({ answered_at, ended_at }: Call): string | undefined {
  if (answered_at === null || ended_at === null) return undefined
  return durationOf(Math.round((Date.parse(ended_at) - Date.parse(answered_at)) / 1_000))
}

/** Who called, and what became of it. */
export function outcomeOf(call: Call): string {
  const way = isOwnCall(call) ? text.outgoing : text.incoming
  if (call.ended_at === null) return `${way} · ${text.goesOn}`
  if (isMissed(call)) return text.missed
  const duration = durationOfCall(call)
  if (duration !== undefined) return `${way} · ${duration}`
  return `${way} · ${text.outcomes[call.status] ?? text.outcomes.ended}`
}
