-- The search gets what left the logs before there was one. chat-service writes this table.

-- The archive's messages up to here are not in the search yet; it goes down to 0 as they are brought there, newest first.
alter table archive_state add column if not exists unsearched_seq bigint not null default 0;
update archive_state set unsearched_seq = log_start where log_start > 0;
create index if not exists archive_state_unsearched on archive_state (conversation_id) where unsearched_seq > 0;
