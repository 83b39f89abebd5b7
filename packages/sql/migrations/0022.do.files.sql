-- Files, and what each person may keep. storage-service writes these; the table of files itself is older, because messages
-- refer to it.

alter table files add column if not exists file_name text not null default '';
alter table files add column if not exists content_type text not null default 'application/octet-stream';
alter table files add column if not exists size bigint not null default 0;
alter table files add column if not exists sha256 text; -- as its owner promised, in hexadecimal digits
alter table files add column if not exists is_encrypted boolean not null default false;
alter table files add column if not exists object_key text; -- where the bytes of a live one are: they never change
alter table files add column if not exists parts_id text; -- of an upload in parts: what the store calls it
alter table files add column if not exists upload_ends_at timestamptz; -- of a pending one
alter table files add column if not exists scan text not null default 'none';
alter table files add column if not exists preview_key text;
alter table files add column if not exists width integer;
alter table files add column if not exists height integer;

create index if not exists files_of_owner on files (owner_id, file_id);
create index if not exists files_pending on files (upload_ends_at) where state = 'pending';

-- What somebody keeps and what he has announced. Each changes in the transaction that changes the file, after it is locked.
create table if not exists storage_quotas (
  user_id uuid primary key,
  used_bytes bigint not null default 0,
  used_files integer not null default 0,
  reserved_bytes bigint not null default 0,
  reserved_files integer not null default 0
);

-- Who may read which live file now; nobody stands for everybody who is signed in. This is the one place that says so.
create or replace view file_readers as
  select file_id, owner_id as reader_id from files where state = 'live'
  union all
  select files.file_id, members.user_id as reader_id
  from files
  join file_references on file_references.file_id = files.file_id
    and (file_references.expires_at is null or file_references.expires_at > clock_timestamp())
  join members on members.conversation_id = file_references.conversation_id
    and members.left_at is null and members.visible_from <= file_references.seq
  where files.state = 'live'
  union all
  -- Only an own file is an avatar: else somebody could make another's public by naming it.
  select files.file_id, null as reader_id
  from files join users on users.user_id = files.owner_id and users.avatar_file_id = files.file_id
  where files.state = 'live';
