-- The processes that have rooms of calls; each says every few seconds that it is there, and how much it has to do.
create table if not exists video_nodes (
  holder uuid primary key, -- as rooms are held by it
  node text not null, -- as signaling URLs name it
  takes_rooms boolean not null, -- one that is to stop takes no more
  load double precision not null, -- of its media workers: 1 is all that they can do
  webhooks text, -- which settings it posts by; null where it posts none
  seen_at timestamptz not null default clock_timestamp()
);
