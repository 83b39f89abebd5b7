import { toWireFrame, type WireFrame } from '@secureconnect/service'
import type { LogEvent } from '../log/log-event.ts'
import { toEventFrame } from '../log/to-message.ts'

/** An event as sockets get it. */
export type PlacedFrame = {
  readonly seq: number
  readonly wire: WireFrame
  readonly expiresAt: Date | null
  /** Of a change of an earlier message: for those who may not see that one, the change without what it says. */
  readonly change?: { readonly targetSeq: number; readonly wire: WireFrame }
}

/** A change as those may know of it who may not see the message itself. */
export function withoutWords(event: LogEvent): LogEvent {
  return { ...event, content: null, data: { ...event.data, metadata: {} } }
}

/** Whether an event tells what a message says which came before somebody's time. */
export function isBeforeTime({ kind, target_seq }: LogEvent, visibleFrom: number): boolean {
  return kind === 'message.edited' && target_seq !== null && target_seq < visibleFrom
}

export function toPlacedFrame(event: LogEvent): PlacedFrame {
  const { kind, seq, target_seq: targetSeq, expires_at: expiresAt } = event
  const wire = toWireFrame(toEventFrame(event))
  if (kind !== 'message.edited' || targetSeq === null) return { seq, wire, expiresAt }
  return { seq, wire, expiresAt, change: { targetSeq, wire: toWireFrame(toEventFrame(withoutWords(event))) } }
}

/** What somebody gets of an event who sees the conversation from a seq on. */
export function frameFor({ wire, change }: PlacedFrame, visibleFrom: number): WireFrame {
  return change && change.targetSeq < visibleFrom ? change.wire : wire
}
