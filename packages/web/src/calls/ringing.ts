import { signal } from '@preact/signals'
import type { ChatEvents } from '@secureconnect/sdk'
import { talk } from './current-talk.ts'

export type Ringing = ChatEvents['call.ringing']
/** What somebody should know who was not there, or not quick enough. */
export type CallNote = { call: Ringing; is: 'missed' | 'answered-elsewhere' }

/** What rings here, the oldest first. */
export const ringing = signal<readonly Ringing[]>([])
export const note = signal<CallNote | undefined>(undefined)

/** What is told by nobody is taken to be over a little later than it should have been. */
const graceMs = 5_000
const timers = new Map<string, ReturnType<typeof setTimeout>>()

/** Takes a call off what rings; it is answered, declined or over. */
export function takeUp(callId: string): Ringing | undefined {
  const call = ringing.value.find(({ call_id }) => call_id === callId)
  ringing.value = ringing.value.filter((one) => one !== call)
  clearTimeout(timers.get(callId))
  timers.delete(callId)
  return call
}

/** It may be told once more, after a break: perhaps of the very call that was answered here. */
export function ring(call: Ringing): void {
  const { call_id: id, created_at, rings_until } = call
  if (talk.value?.callId === id || ringing.value.some(({ call_id }) => call_id === id)) return
  ringing.value = [...ringing.value, call]
  note.value = undefined
  const lastsMs = Date.parse(rings_until) - Date.parse(created_at)
  timers.set(
    id,
    setTimeout(() => stopRinging({ call_id: id, reason: 'missed' }), lastsMs + graceMs),
  )
}

export function stopRinging({ call_id, reason }: Pick<ChatEvents['call.stopped'], 'call_id' | 'reason'>): void {
  const call = takeUp(call_id)
  // What was answered or declined on this page rings no more already.
  if (!call || reason === 'declined') return
  note.value = { call, is: reason === 'accepted' ? 'answered-elsewhere' : 'missed' }
}

export function stopAllRinging(): void {
  for (const { call_id } of ringing.value) takeUp(call_id)
  note.value = undefined
}
