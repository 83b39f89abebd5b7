import { type Static, Type } from 'typebox'
import { Nullable, Reason, SearchText, Strict, Timestamp, Uuid } from '../fields.ts'
import { Check, Health } from '../health.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'
import { Page, pageQuery } from '../paging.ts'
import { Role } from './accounts.ts'

/** A ban that is in force; without an end it is for good. */
export const Ban = Type.Object({ banned_at: Timestamp, banned_until: Nullable(Timestamp), reason: Type.String() })
export type Ban = Static<typeof Ban>

const BanState = Type.Object({ user_id: Uuid, ban: Nullable(Ban) })

/** Whether an account can be used. */
export const AccountStatus = Type.Union([Type.Literal('active'), Type.Literal('banned'), Type.Literal('erasing')])
export type AccountStatus = Static<typeof AccountStatus>

/** An account as administrators see it. */
export const ManagedUser = Type.Object({
  user_id: Uuid,
  email: Type.String(),
  email_verified: Type.Boolean(),
  username: Type.String(),
  display_name: Type.String(),
  role: Role,
  status: AccountStatus,
  ban: Nullable(Ban),
  created_at: Timestamp,
  last_used_at: Nullable(Timestamp),
})
export type ManagedUser = Static<typeof ManagedUser>

export const BanUser = Strict({
  user_id: Uuid,
  reason: Reason,
  permanent: Type.Optional(Type.Boolean()),
  duration_hours: Type.Optional(Type.Integer({ minimum: limits.banHours.min, maximum: limits.banHours.max })),
})
export type BanUser = Static<typeof BanUser>

export const AdminStats = Type.Object({
  users: Type.Object({
    total: Type.Integer(),
    new_24h: Type.Integer(),
    new_7d: Type.Integer(),
    verified: Type.Integer(),
    banned: Type.Integer(),
  }),
  sessions: Type.Object({ live: Type.Integer() }),
  services: Type.Record(Type.String(), Type.Record(Type.String(), Type.Number()), {
    description: 'What the running processes of each service count, added up, at most five seconds old: open `sockets`',
  }),
})
export type AdminStats = Static<typeof AdminStats>

/** Nobody knows how a process is that did not tell of itself for 15 seconds. */
const ToldStatus = Type.Union([...Health.properties.status.anyOf, Type.Literal('unknown')])

const ProcessHealth = Type.Object({
  instance: Type.String(),
  status: ToldStatus,
  seen_at: Timestamp,
  checks: Type.Record(Type.String(), Check),
})

export const ServiceHealth = Type.Object({
  service: Type.String(),
  status: ToldStatus,
  instances: Type.Array(ProcessHealth),
})
export type ServiceHealth = Static<typeof ServiceHealth>

export const AuditResult = Type.Union([Type.Literal('allowed'), Type.Literal('denied'), Type.Literal('failed')])
export type AuditResult = Static<typeof AuditResult>

export const AuditEntry = Type.Object({
  event_id: Uuid,
  timestamp: Timestamp,
  service: Type.String(),
  user_id: Nullable(Uuid),
  session_hash: Nullable(Type.String()),
  resource: Type.String(),
  action: Type.String(),
  target_id: Nullable(Uuid),
  result: AuditResult,
  reason: Nullable(Type.String()),
  client_ip: Nullable(Type.String()),
  request_id: Nullable(Type.String()),
  trace_id: Nullable(Type.String()),
})
export type AuditEntry = Static<typeof AuditEntry>

const common = { caller: 'admin', rate: 'admin' } as const

export const admin = operations('auth-service', {
  getStats: {
    name: 'admin.stats',
    summary: 'How many accounts and sessions there are, and what the services count',
    method: 'GET',
    path: '/v1/admin/stats',
    answer: { 200: AdminStats },
    ...common,
  },
  listUsers: {
    name: 'admin.users.list',
    summary: 'Find accounts by username, display name or e-mail address',
    method: 'GET',
    path: '/v1/admin/users',
    query: Strict({
      q: Type.Optional(SearchText),
      status: Type.Optional(AccountStatus),
      sort: Type.Optional(
        Type.Union([Type.Literal('created'), Type.Literal('last_used'), Type.Literal('username')], {
          description: 'Without it by creation',
        }),
      ),
      order: Type.Optional(
        Type.Union([Type.Literal('asc'), Type.Literal('desc')], {
          description: 'Without it usernames ascend, and times descend',
        }),
      ),
      ...pageQuery,
    }),
    answer: { 200: Page('users', ManagedUser) },
    errors: ['INVALID_CURSOR'],
    audit: { resource: 'users', action: 'list' },
    ...common,
  },
  banUser: {
    name: 'admin.users.ban',
    summary: 'Keep somebody out, for a time or for good, and end his sessions; a second ban replaces the first',
    method: 'POST',
    path: '/v1/admin/users/ban',
    body: BanUser,
    answer: { 200: BanState },
    errors: ['USER_NOT_FOUND', 'CONFLICT'],
    audit: { resource: 'user', action: 'ban' },
    ...common,
  },
  unbanUser: {
    name: 'admin.users.unban',
    summary: 'Let somebody in again',
    method: 'POST',
    path: '/v1/admin/users/unban',
    body: Strict({ user_id: Uuid }),
    answer: { 200: BanState },
    errors: ['USER_NOT_FOUND'],
    audit: { resource: 'user', action: 'unban' },
    ...common,
  },
  listAuditLogs: {
    name: 'admin.audit.list',
    summary: 'Who did what, and who was refused what; newest first',
    method: 'GET',
    path: '/v1/admin/audit-logs',
    query: Strict({
      user_id: Type.Optional(Uuid),
      target_id: Type.Optional(Uuid),
      resource: Type.Optional(SearchText),
      action: Type.Optional(SearchText),
      result: Type.Optional(AuditResult),
      service: Type.Optional(SearchText),
      from: Type.Optional(Timestamp),
      to: Type.Optional(Timestamp),
      ...pageQuery,
    }),
    answer: { 200: Page('entries', AuditEntry) },
    errors: ['INVALID_CURSOR'],
    audit: { resource: 'audit', action: 'list' },
    ...common,
  },
  getHealth: {
    name: 'admin.health',
    summary: 'How each service is, as its processes told within the last 15 seconds',
    method: 'GET',
    path: '/v1/admin/health',
    answer: { 200: Type.Object({ services: Type.Array(ServiceHealth) }) },
    ...common,
  },
})
