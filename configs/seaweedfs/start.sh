#!/bin/sh
# Starts the store with its one login, which it reads from a file: without one it would answer anybody.
set -eu
umask 077
cat >/run/seaweedfs/logins.json <<JSON
{
  "identities": [
    {
      "name": "secureconnect",
      "credentials": [
        { "accessKey": "$(cat /run/secrets/minio_access_key)", "secretKey": "$(cat /run/secrets/minio_secret_key)" }
      ],
      "actions": ["Admin", "Read", "Write", "List", "Tagging"]
    }
  ]
}
JSON
# Its parts talk with each other inside of this container; only S3 is for others, by TLS.
exec weed server -dir=/data -volume.max=0 -master.volumeSizeLimitMB=1024 -ip=127.0.0.1 -ip.bind=127.0.0.1 -s3 \
  -s3.config=/run/seaweedfs/logins.json -s3.ip.bind=0.0.0.0 -s3.port=7070 \
  -s3.cert.file=/run/secrets/tls_cert.pem -s3.key.file=/run/secrets/tls_key.pem
