#!/bin/bash
# Starts the node with our configuration; the image's own entrypoint would write into it.
set -euo pipefail
umask 077
cat /run/secrets/tls_key.pem /run/secrets/tls_cert.pem >/run/cassandra/key_and_certificate.pem
exec cassandra -f
