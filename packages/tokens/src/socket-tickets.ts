import { createHash, randomBytes } from 'node:crypto'
import { AppError } from '@secureconnect/errors'
import { lifetimes, Role } from '@secureconnect/protocol'
import { column, type Queries } from '@secureconnect/sql'
import { Type } from 'typebox'
import type { Caller } from './authenticate.ts'
import { sessionEnded } from './revocations.ts'

const ticketBytes = 32
const ticketForm = /^[\w-]{43}$/

function hashTicket(ticket: string): Buffer {
  return createHash('sha256').update(ticket).digest()
}

/** Makes a ticket with which a page of that origin opens one socket, for as long as the caller's token lives. */
export async function issueSocketTicket(
  sql: Queries,
  { caller, origin }: { caller: Pick<Caller, 'sessionId' | 'expiresAt'>; origin: string },
): Promise<string> {
  const ticket = randomBytes(ticketBytes).toString('base64url')
  await sql.execute`
    insert into socket_tickets (ticket_hash, session_id, origin, token_expires_at, expires_at)
    values (${hashTicket(ticket)}, ${caller.sessionId}, ${origin}, ${caller.expiresAt},
      clock_timestamp() + ${lifetimes.socketTicketMs / 1_000} * interval '1 second')`
  return ticket
}

/** Judges the ticket of a page as `Authenticate` does a token. */
export type TakeTicket = (presented: { ticket: string; origin: string }) => Promise<Caller>

const TakenTicket = Type.Object({
  session_id: column.id,
  user_id: column.id,
  username: column.text,
  role: Role,
  origin: column.text,
  token_expires_at: column.timestamp,
  is_fresh: column.flag,
  is_live: column.flag,
})

/** Drops the tickets that nobody used in time. */
export async function dropPastTickets(sql: Queries): Promise<void> {
  await sql.execute`delete from socket_tickets where expires_at < now()`
}

function refuseTicket(): AppError {
  return new AppError('UNAUTHORIZED', 'This ticket is not valid, or was used already: get another one.')
}

/**
 * Takes a ticket, whatever becomes of it: whoever shows it, it is used up. Returns whom it stands for, or throws as
 * an access token would be refused.
 */
export async function takeSocketTicket(sql: Queries, { ticket, origin }: Parameters<TakeTicket>[0]): Promise<Caller> {
  if (!ticketForm.test(ticket)) throw refuseTicket()
  const taken = await sql.maybeOne(TakenTicket)`
    with taken as (
      delete from socket_tickets where ticket_hash = ${hashTicket(ticket)}
      returning session_id, origin, token_expires_at, expires_at > clock_timestamp() as is_fresh
    )
    select session_id, user_id, username, role, origin, token_expires_at, is_fresh, sessions.status = 'live' as is_live
    from taken join sessions using (session_id) join users using (user_id)`
  if (!taken?.is_fresh) throw refuseTicket()
  if (taken.origin !== origin) throw new AppError('FORBIDDEN', 'This ticket was made for pages of another origin.')
  if (!taken.is_live) throw sessionEnded()
  const { session_id: sessionId, user_id: userId, username, role, token_expires_at: expiresAt } = taken
  return { userId, sessionId, username, role, expiresAt }
}
