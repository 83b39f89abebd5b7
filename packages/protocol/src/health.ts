import { type Static, Type } from 'typebox'
import { Timestamp } from './fields.ts'

export const CheckStatus = Type.Union([Type.Literal('up'), Type.Literal('down'), Type.Literal('unknown')])
export type CheckStatus = Static<typeof CheckStatus>

export const Check = Type.Object({
  status: CheckStatus,
  required: Type.Boolean(),
  latency_ms: Type.Optional(Type.Number()),
  error: Type.Optional(Type.String()),
})
export type Check = Static<typeof Check>

/** `GET /health`: 200 as long as the process can answer. */
export const Health = Type.Object({
  status: Type.Union([Type.Literal('healthy'), Type.Literal('degraded')]),
  service: Type.String(),
  version: Type.String(),
  revision: Type.String(),
  uptime_seconds: Type.Number(),
  time: Timestamp,
  timestamp: Timestamp,
  checks: Type.Record(Type.String(), Check),
})
export type Health = Static<typeof Health>

/** `GET /ready`: 503 with the reasons while the service cannot do its work. */
export const Readiness = Type.Object({
  ready: Type.Boolean(),
  service: Type.String(),
  reasons: Type.Array(Type.String()),
})
export type Readiness = Static<typeof Readiness>

/** `GET /version`. */
export const Version = Type.Object({
  service: Type.String(),
  version: Type.String(),
  revision: Type.String(),
  node: Type.String(),
})
export type Version = Static<typeof Version>
