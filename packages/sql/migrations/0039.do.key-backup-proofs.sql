-- A key backup is handed out to who shows that he knows its passphrase, and may be wrong so often.
alter table key_backups add column if not exists kdf text; -- how its passphrase becomes keys; null as long as it has no proof
alter table key_backups add column if not exists proof_hash bytea;
alter table key_backups add column if not exists tries integer not null default 0;
alter table key_backups add column if not exists tries_began_at timestamptz not null default clock_timestamp();
