import type { EventKind } from '@secureconnect/protocol'
import { toWireFrame, type WireFrame } from '@secureconnect/service'
import type { LogEvent } from '../log/log-event.ts'
import { toEventFrame } from '../log/to-message.ts'

/** An event as sockets get it. */
export type PlacedFrame = {
  readonly seq: number
  readonly wire: WireFrame
  readonly expiresAt: Date | null
  /** Of what is about an earlier message: for those who may not see that one, the event without what it says. */
  readonly change?: { readonly targetSeq: number; readonly wire: WireFrame }
}

/** What events about a message say in its place to those who may not see the message itself. */
const withheld: { readonly [K in EventKind]?: Readonly<Record<string, unknown>> } = {
  'message.edited': { metadata: {} },
  'reaction.added': { emoji: null, author_id: null },
  'reaction.removed': { emoji: null, author_id: null },
}

/** An event as those may know of it who may not see the message that it is about. */
export function withoutWords(event: LogEvent): LogEvent {
  return { ...event, content: null, data: { ...event.data, ...withheld[event.kind] } }
}

/** Whether an event tells something of a message which came before somebody's time. */
export function isBeforeTime({ kind, target_seq }: LogEvent, visibleFrom: number): boolean {
  return kind in withheld && target_seq !== null && target_seq < visibleFrom
}

export function toPlacedFrame(event: LogEvent): PlacedFrame {
  const { kind, seq, target_seq: targetSeq, expires_at: expiresAt } = event
  const wire = toWireFrame(toEventFrame(event))
  if (!(kind in withheld) || targetSeq === null) return { seq, wire, expiresAt }
  return { seq, wire, expiresAt, change: { targetSeq, wire: toWireFrame(toEventFrame(withoutWords(event))) } }
}

/** What somebody gets of an event who sees the conversation from a seq on. */
export function frameFor({ wire, change }: PlacedFrame, visibleFrom: number): WireFrame {
  return change && change.targetSeq < visibleFrom ? change.wire : wire
}
