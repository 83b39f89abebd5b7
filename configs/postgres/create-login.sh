#!/bin/bash
# At the first start: the login of the services and of the exporter. It owns the database and is no superuser; the
# superuser's own password is taken away, so that nobody can be it over the network.
set -euo pipefail
psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres --dbname secureconnect <<'SQL'
\set password `cat /run/secrets/db_password`
create role secureconnect login password :'password';
grant pg_monitor to secureconnect;
alter database secureconnect owner to secureconnect;
alter schema public owner to secureconnect;
revoke all on database postgres from public;
alter role postgres password null;
SQL
