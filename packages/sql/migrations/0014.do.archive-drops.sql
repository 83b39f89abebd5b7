-- What is to be removed from the archive for good, which may be away: of conversations that were ended, of what is older
-- than a conversation keeps, of what a restore from backup undid.

create table if not exists archive_drops (
  drop_id uuid primary key,
  conversation_id uuid not null,
  after_seq bigint not null,
  through_seq bigint not null,
  applied bigint not null, -- what was written before this; what comes later stays
  created_at timestamptz not null default clock_timestamp()
);
create index if not exists archive_drops_by_time on archive_drops (created_at);

create index if not exists conversations_with_retention on conversations (conversation_id) where retention_days is not null;
