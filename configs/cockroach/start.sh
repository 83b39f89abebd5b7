#!/bin/bash
# One node that takes the services' login at its first start. Its certificate is the installation's, whatever it is called
# in there; the password stands in the environment of this process and in nobody's arguments.
set -euo pipefail
umask 077
cp /run/secrets/tls_ca.pem /run/cockroach/ca.crt
cp /run/secrets/tls_cert.pem /run/cockroach/node.crt
cp /run/secrets/tls_key.pem /run/cockroach/node.key
COCKROACH_DATABASE=secureconnect COCKROACH_USER=secureconnect COCKROACH_PASSWORD=$(cat /run/secrets/db_password)
export COCKROACH_DATABASE COCKROACH_USER COCKROACH_PASSWORD
exec /cockroach/cockroach.sh start-single-node --certs-dir=/run/cockroach --cert-principal-map=cockroach:node \
  --listen-addr=:26257 --http-addr=127.0.0.1:8080 --cache=256MiB --max-sql-memory=256MiB
