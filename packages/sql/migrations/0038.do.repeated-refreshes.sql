-- By which key, as a hash, whoever exchanged the last refresh token may ask for the answer again.
alter table sessions add column if not exists rotation_key bytea;
