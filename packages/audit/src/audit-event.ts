import { createHmac } from 'node:crypto'
import { currentRequest } from '@secureconnect/logging'
import { AuditResult } from '@secureconnect/protocol'
import { column, newId } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'

/** What somebody did, or was refused: ids and an address, never a name, a text or a secret. */
export type AuditRecord = {
  resource: string
  action: string
  result: AuditResult
  reason?: string
  userId?: string | undefined
  sessionId?: string | undefined
  /** Whom or what it was done to, where that is not the person himself. */
  targetId?: string
  /** Taken from the request under way unless given. */
  clientIp?: string
}

const Text = column.nullable(column.text)

export const AuditEvent = Type.Object({
  event_id: column.id,
  occurred_at: column.timestamp,
  service: column.text,
  user_id: Text,
  session_hash: Text,
  resource: column.text,
  action: column.text,
  target_id: Text,
  result: AuditResult,
  reason: Text,
  client_ip: Text,
  request_id: Text,
  trace_id: Text,
})

/** A record with everything that says when, where and in which request it happened. */
export type AuditEvent = Static<typeof AuditEvent>

const sessionHashDigits = 8

/** Lets records of one session be put together, by somebody who cannot tell which session it was. */
function hashSession(sessionId: string, key: Buffer): string {
  return createHmac('sha256', key).update(sessionId).digest('hex').slice(0, sessionHashDigits)
}

type Source = { service: string; sessionKey?: Buffer | undefined }

export function toEvent(record: AuditRecord, { service, sessionKey }: Source): AuditEvent {
  const request = currentRequest()
  const sessionId = record.sessionId ?? request?.sessionId
  return {
    event_id: newId(),
    occurred_at: new Date(),
    service,
    user_id: record.userId ?? request?.userId ?? null,
    session_hash: sessionId && sessionKey ? hashSession(sessionId, sessionKey) : null,
    resource: record.resource,
    action: record.action,
    target_id: record.targetId ?? null,
    result: record.result,
    reason: record.reason ?? null,
    client_ip: record.clientIp ?? request?.clientIp ?? null,
    request_id: request?.requestId ?? null,
    trace_id: request?.traceId ?? null,
  }
}
