-- Webhooks of a call are numbered without a gap, so that their receiver sees whether one is missing.
alter table calls add column if not exists webhooks_told bigint not null default 0;
