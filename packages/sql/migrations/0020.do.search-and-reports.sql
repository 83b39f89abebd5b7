-- The search over messages, and what people report to administrators. chat-service writes these tables.

-- The search has every event up to here; the log holds every one above it, or above log_start where that is greater.
alter table archive_state add column if not exists indexed_seq bigint not null default 0;
-- What left the log before there was a search is not found by it.
update archive_state set indexed_seq = log_start where indexed_seq < log_start;

-- One row for each message of a plain conversation that has text and is not deleted. `words` holds no text but the
-- words of it, folded, and each behind the last 8 digits of its conversation's id: so the index finds a word in one
-- conversation without reading what it is in all the others. What is found is read from the log or the archive before
-- it is shown, so a row that is late shows nothing that is no longer there.
create table if not exists search_entries (
  conversation_id uuid not null,
  seq bigint not null,
  sender_id uuid not null,
  has_files boolean not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  words tsvector not null,
  primary key (conversation_id, seq)
);
create index if not exists search_entries_by_words on search_entries using gin (words);
create index if not exists search_entries_by_time on search_entries (created_at, conversation_id, seq);

-- Ids and reasons only: a reported message is read where it is, for as long as it is there.
create table if not exists reports (
  report_id uuid primary key, -- sorts by the time it was made
  reporter_id uuid, -- null once he erased his account
  subject_id uuid not null, -- the message, or the person
  user_id uuid not null, -- who is reported: of a message, its author
  conversation_id uuid, -- of a message
  seq bigint, -- of a message
  reason text not null,
  disclosed_content text, -- of an encrypted message, what its reporter says it says; goes when the message goes
  status text not null default 'open',
  note text,
  handled_by uuid,
  created_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  constraint reports_status_known check (status in ('open', 'reviewing', 'resolved', 'dismissed')),
  constraint reports_place_whole check ((conversation_id is null) = (seq is null))
);
create unique index if not exists reports_once_while_open on reports (reporter_id, subject_id)
  where status in ('open', 'reviewing');
create index if not exists reports_of_reporter on reports (reporter_id, created_at);
create index if not exists reports_disclosing on reports (conversation_id, seq) where disclosed_content is not null;
create index if not exists reports_by_status on reports (status, report_id);
create index if not exists reports_ended on reports (changed_at) where status in ('resolved', 'dismissed');
