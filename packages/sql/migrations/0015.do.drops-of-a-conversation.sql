-- What is to leave the archive has to have left it before more of the same conversation comes there.

create index if not exists archive_drops_of_conversation on archive_drops (conversation_id, through_seq);
