-- A page cannot send a header with the opening of a socket. It gets a ticket instead, good for one opening within half
-- a minute; the service that accepts the socket deletes the row.
create table if not exists socket_tickets (
  ticket_hash bytea primary key,
  session_id uuid not null references sessions (session_id) on delete cascade,
  origin text not null, -- the page's: tickets of one page open nothing for another
  token_expires_at timestamptz not null, -- the socket lives no longer than the token that got its ticket
  expires_at timestamptz not null
);
create index if not exists socket_tickets_by_end on socket_tickets (expires_at);
create index if not exists sessions_by_end on sessions (absolute_expires_at);
