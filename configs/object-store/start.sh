#!/bin/sh
# The gateway takes its keys from the environment alone, so they are put there for it and for nobody else.
set -eu
ROOT_ACCESS_KEY=$(cat /run/secrets/minio_access_key)
ROOT_SECRET_KEY=$(cat /run/secrets/minio_secret_key)
export ROOT_ACCESS_KEY ROOT_SECRET_KEY
exec /usr/local/bin/versitygw --quiet posix --versioning-dir /data/versions /data/objects
