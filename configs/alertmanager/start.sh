#!/bin/sh
# Starts Alertmanager with the receivers that the secrets name. Without one it starts all the same, says so, and each alert
# that it cannot deliver counts as failed: AlertsNotDelivered shows that in Prometheus and Grafana.
set -eu

config=/tmp/alertmanager.yml
cp /etc/alertmanager/alertmanager.yml "$config"
for severity in critical warning; do
  url=/run/secrets/alert_${severity}_url
  if ! [ -s "$url" ]; then
    echo "level=warn msg=\"no receiver for $severity alerts: put its URL into secrets/alert_${severity}_url and run ./ops init\"" >&2
  elif grep -q '^https://hooks\.slack\.com/' "$url"; then
    sed -i "s/receiver: $severity\$/receiver: $severity-slack/" "$config"
  fi
done
[ -s /run/secrets/alert_heartbeat_url ] || sed -i 's/receiver: heartbeat$/receiver: nobody/' "$config"

exec /bin/alertmanager --config.file="$config" --storage.path=/alertmanager --cluster.listen-address= "$@"
