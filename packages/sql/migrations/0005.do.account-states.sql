-- What an account may be besides in use: banned for a time or for good, or on its way to be erased.

alter table users add column if not exists banned_at timestamptz;
alter table users add column if not exists banned_until timestamptz; -- null with banned_at set: for good
alter table users add column if not exists ban_reason text;
alter table users add column if not exists erasing_at timestamptz; -- its owner asked for it: nobody signs in any more
