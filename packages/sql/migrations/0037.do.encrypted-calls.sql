-- Whether those in a call encrypt what they publish, which is so in an encrypted conversation.
alter table calls add column if not exists is_encrypted boolean not null default false;
update calls set is_encrypted = true
where ended_at is null and not is_encrypted
  and exists (select 1 from conversations where conversation_id = calls.conversation_id and is_e2ee_enabled);
