import { Receipt, TypingFrame } from '@secureconnect/protocol'
import { column } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { LogEvent } from '../log/log-event.ts'
import type { Hint } from './hints.ts'

const PublishedEvent = Type.Object({
  ...LogEvent.properties,
  expires_at: column.nullable(Type.String()),
  created_at: Type.String(),
})
const apart = Type.Array(column.id)
const Published = Type.Union([
  Type.Array(PublishedEvent),
  Type.Object({ frame: TypingFrame, apart }),
  Type.Object({ receipt: Receipt, apart }),
])

/** What is told on a conversation's channel: events, or something of the moment. */
export type Published = LogEvent[] | Hint

const check = Compile(Published)

function toLogEvent({ expires_at, created_at, ...event }: Static<typeof PublishedEvent>): LogEvent {
  return { ...event, expires_at: expires_at === null ? null : new Date(expires_at), created_at: new Date(created_at) }
}

/** Reads what another node published; undefined where it is of a version that we do not know. */
export function readPublished(message: string): Published | undefined {
  const value: unknown = JSON.parse(message)
  if (!check.Check(value)) return undefined
  return Array.isArray(value) ? value.map(toLogEvent) : value
}
