#!/bin/sh
# Puts the installation's values into the configuration and starts the relay with it. The secret is in no argument and in no
# environment.
set -eu
umask 077
secret=$(cat /run/secrets/turn_secret)
while IFS= read -r line; do
  case $line in
    *'${TURN_SECRET}') value=$secret ;;
    *'${TURN_REALM}') value=$TURN_REALM ;;
    *'${TURN_EXTERNAL_IP}' | *'${MEDIA_ANNOUNCED_ADDRESS}') value=$PUBLIC_IP ;;
    *) printf '%s\n' "$line" && continue ;;
  esac
  printf '%s%s\n' "${line%%\$\{*}" "$value"
done </etc/secureconnect/turnserver.conf.template >/run/coturn/turnserver.conf
# Of its networks only this one leads to anybody.
printf 'relay-ip=%s\n' "$TURN_ADDRESS" >>/run/coturn/turnserver.conf
exec turnserver -c /run/coturn/turnserver.conf
