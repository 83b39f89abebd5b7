-- What each running process says of itself, every few seconds; for the admin page and for the other services.

create table if not exists service_health (
  service text not null,
  instance text not null,
  status text not null,
  checks jsonb not null,
  counts jsonb not null,
  seen_at timestamptz not null default clock_timestamp(),
  primary key (service, instance)
);
