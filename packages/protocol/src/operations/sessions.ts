import { type Static, Type } from 'typebox'
import { Confirmation, Nullable, Strict, Timestamp, Uuid } from '../fields.ts'
import { operations } from '../operation.ts'
import { Role } from './accounts.ts'

/** Who the access token says is signed in, and with which session. */
export const Profile = Type.Object({
  user_id: Uuid,
  email: Type.String(),
  username: Type.String(),
  role: Role,
  session_id: Uuid,
})
export type Profile = Static<typeof Profile>

/** A place where somebody is signed in, as he sees it himself. */
export const Session = Type.Object({
  session_id: Uuid,
  device_name: Nullable(Type.String()),
  network: Type.String({
    description: 'Where it was opened from: an IPv4 address, or the first 64 bits of an IPv6 one',
  }),
  created_at: Timestamp,
  last_used_at: Timestamp,
  is_current: Type.Boolean({ description: 'Whether it is the session that asks' }),
})
export type Session = Static<typeof Session>

export const SocketTicket = Type.Object({
  ticket: Type.String({ description: 'For "?ticket=" of a socket opened by the page that asked, once' }),
  expires_in: Type.Integer({ description: 'Seconds until the ticket ends' }),
})
export type SocketTicket = Static<typeof SocketTicket>

export const sessions = operations('auth-service', {
  logout: {
    name: 'auth.logout',
    summary: 'End the session of the token; to do so twice is fine',
    method: 'POST',
    path: '/v1/auth/logout',
    caller: 'user',
    mayHaveEnded: true,
    priority: 'critical',
    answer: { 200: Confirmation },
    audit: { resource: 'session', action: 'logout' },
  },
  logoutAll: {
    name: 'auth.logout-all',
    summary: 'End all sessions of the signed-in person, this one included',
    method: 'POST',
    path: '/v1/auth/logout-all',
    caller: 'user',
    priority: 'critical',
    answer: { 200: Confirmation },
    audit: { resource: 'session', action: 'logout-all' },
  },
  getProfile: {
    name: 'auth.profile',
    summary: 'Who is signed in, and with which session',
    method: 'GET',
    path: '/v1/auth/profile',
    caller: 'user',
    answer: { 200: Profile },
  },
  list: {
    name: 'auth.sessions.list',
    summary: 'Where the signed-in person is signed in, newest first',
    method: 'GET',
    path: '/v1/auth/sessions',
    caller: 'user',
    answer: { 200: Type.Object({ sessions: Type.Array(Session) }) },
  },
  end: {
    name: 'auth.sessions.end',
    summary: "End one of one's own sessions",
    method: 'DELETE',
    path: '/v1/auth/sessions/:session_id',
    caller: 'user',
    params: Strict({ session_id: Uuid }),
    answer: { 200: Confirmation },
    errors: ['NOT_FOUND'],
    audit: { resource: 'session', action: 'end' },
  },
  createSocketTicket: {
    name: 'auth.ws-ticket',
    summary: 'Get a ticket that opens one socket from the page that asks, which its Origin header names',
    method: 'POST',
    path: '/v1/auth/ws-ticket',
    caller: 'user',
    answer: { 200: SocketTicket },
    audit: { resource: 'session', action: 'ws-ticket' },
  },
})
