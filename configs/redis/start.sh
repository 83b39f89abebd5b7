#!/bin/sh
# Starts the server with its users, or asks it (`start.sh ping`) as one of them. Passwords come from a file and stand in no
# argument: arguments are seen by everybody on the machine.
set -eu
if [ "${1:-}" = ping ]; then
  VALKEYCLI_AUTH=$(cat /run/secrets/redis_password) REDISCLI_AUTH=$VALKEYCLI_AUTH
  export VALKEYCLI_AUTH REDISCLI_AUTH
  [ "$(valkey-cli --tls --cacert /run/secrets/tls_ca.pem --user secureconnect --no-auth-warning ping)" = PONG ]
  exit
fi
hash=$(tr -d '\n' </run/secrets/redis_password | sha256sum | cut -d ' ' -f 1)
umask 077
cat >/run/valkey/users.acl <<ACL
user default off resetchannels -@all
user secureconnect on #$hash ~* &* -@all +@all -@admin -@dangerous
user monitor on #$hash resetchannels -@all +info +ping +config|get +slowlog|get +slowlog|len +latency|latest +latency|histogram +client|setname +dbsize +select
ACL
exec valkey-server /etc/valkey/valkey.conf
