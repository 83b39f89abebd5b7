import { type Static, Type } from 'typebox'
import { Nullable, Reason, Strict, Timestamp, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'
import { Page, pageQuery } from '../paging.ts'
import { Message } from './messages.ts'

/** How far a report has come: the last two end it. */
export const ReportStatus = Type.Union([
  Type.Literal('open'),
  Type.Literal('reviewing'),
  Type.Literal('resolved'),
  Type.Literal('dismissed'),
])
export type ReportStatus = Static<typeof ReportStatus>

/** A report as whoever made it sees it. */
export const OwnReport = Type.Object({
  report_id: Uuid,
  user_id: Uuid,
  message_id: Nullable(Uuid),
  reason: Type.String(),
  status: ReportStatus,
  created_at: Timestamp,
})
export type OwnReport = Static<typeof OwnReport>

/** A report as administrators see it. */
export const Report = Type.Object({
  ...OwnReport.properties,
  reporter_id: Nullable(Uuid),
  conversation_id: Nullable(Uuid),
  message: Nullable(
    Type.Object(
      { ...Message.properties },
      { description: 'The reported message as it is now; null for a person, and once the message is gone' },
    ),
  ),
  disclosed_content: Nullable(
    Type.String({ description: 'What an encrypted message says, as its reporter tells it; nobody can check it' }),
  ),
  note: Nullable(Type.String()),
  handled_by: Nullable(Uuid),
  changed_at: Timestamp,
})
export type Report = Static<typeof Report>

const common = {
  answer: { 200: OwnReport, 201: OwnReport },
  errors: ['LIMIT_REACHED', 'IDEMPOTENCY_MISMATCH'],
} as const

export const reports = operations('chat-service', {
  reportUser: {
    name: 'chat.report.user',
    summary: 'Report somebody to the administrators; while they have not decided, again answers the same report',
    method: 'POST',
    path: '/v1/users/:user_id/report',
    caller: 'user',
    params: Strict({ user_id: Uuid }),
    body: Strict({ reason: Reason }),
    audit: { resource: 'report', action: 'create' },
    ...common,
    errors: ['USER_NOT_FOUND', ...common.errors],
  },
  reportMessage: {
    name: 'chat.report.message',
    summary:
      'Report a message that one may read; what an encrypted one says is told by whoever reports it, or by nobody',
    method: 'POST',
    path: '/v1/messages/:message_id/report',
    caller: 'user',
    params: Strict({ message_id: Uuid }),
    body: Strict({
      reason: Reason,
      disclosed_content: Type.Optional(
        Type.String({ minLength: 1, maxLength: limits.messageCharacters, pattern: '^[^\\u0000]*$' }),
      ),
    }),
    audit: { resource: 'report', action: 'create' },
    ...common,
    errors: ['MESSAGE_NOT_FOUND', 'CONVERSATION_NOT_FOUND', 'CONFLICT', 'HISTORY_UNAVAILABLE', ...common.errors],
  },
})

export const moderation = operations('chat-service', {
  list: {
    name: 'admin.reports.list',
    summary: 'What people reported, with the messages that are still there; what waits longest comes first',
    method: 'GET',
    path: '/v1/admin/reports',
    caller: 'admin',
    rate: 'admin',
    query: Strict({ status: Type.Optional(ReportStatus), ...pageQuery }),
    answer: { 200: Page('reports', Report) },
    errors: ['INVALID_CURSOR', 'HISTORY_UNAVAILABLE'],
    audit: { resource: 'report', action: 'list' },
  },
  update: {
    name: 'admin.reports.update',
    summary: 'Say how far a report has come: open, reviewing, and then resolved or dismissed for good',
    method: 'PATCH',
    path: '/v1/admin/reports/:report_id',
    caller: 'admin',
    rate: 'admin',
    params: Strict({ report_id: Uuid }),
    body: Strict({ status: ReportStatus, note: Type.Optional(Reason) }),
    answer: { 200: Report },
    errors: ['NOT_FOUND', 'CONFLICT', 'HISTORY_UNAVAILABLE'],
    audit: { resource: 'report', action: 'update' },
  },
})
