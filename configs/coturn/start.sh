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
    # The media server has the same public address, but is another container: to this one, that address stands for it.
    *'${TURN_EXTERNAL_IP}') value=$PUBLIC_IP/$MEDIA_ADDRESS ;;
    *'${MEDIA_ANNOUNCED_ADDRESS}') value=$MEDIA_ADDRESS ;;
    *) printf '%s\n' "$line" && continue ;;
  esac
  printf '%s%s\n' "${line%%\$\{*}" "$value"
done </etc/secureconnect/turnserver.conf.template >/run/coturn/turnserver.conf
# Of its networks only this one leads to anybody; from outside it is the public address.
printf 'relay-ip=%s\nexternal-ip=%s/%s\n' "$TURN_ADDRESS" "$PUBLIC_IP" "$TURN_ADDRESS" >>/run/coturn/turnserver.conf
exec turnserver -c /run/coturn/turnserver.conf
