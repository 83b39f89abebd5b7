import { blobSettings } from '@secureconnect/blobs'
import { cassandraSettings } from '@secureconnect/chat-service/archive'
import {
  type ConfigOf,
  integer,
  optional,
  optionalSecret,
  parseConfig,
  secret,
  secretStrength,
  text,
} from '@secureconnect/config'
import { sqlSettings } from '@secureconnect/sql'

const { s3Url, s3Region, s3Bucket, s3TlsCa, minioAccessKey, minioSecretKey } = blobSettings

/** Where backups go, and what opens them. */
export const targetSettings = {
  /** A folder, or the URL of a bucket, such as https://s3.example.org/backups. */
  backupTarget: text('/var/lib/secureconnect/backups'),
  backupS3Region: text('us-east-1'),
  backupS3AccessKey: optionalSecret(3),
  backupS3SecretKey: optionalSecret(),
  /** File with the authority that signed the certificate of that store, where machines do not know it. */
  backupS3TlsCa: optional(text()),
  backupKey: secret(secretStrength.key),
}
export type TargetConfig = ConfigOf<typeof targetSettings>

export const settings = {
  ...sqlSettings,
  ...cassandraSettings,
  ...{ s3Url, s3Region, s3Bucket, s3TlsCa, minioAccessKey, minioSecretKey },
  ...targetSettings,
  backupEveryHours: integer({ min: 1, max: 168, fallback: 24 }),
  backupDrillEveryDays: integer({ min: 1, max: 30, fallback: 7 }),
  /** Where node-exporter finds what it tells of backups. */
  metricsFolder: text('/var/lib/node-exporter'),
  /** Touched by what the schedule does; the health check looks how long ago. */
  pulseFile: text('/tmp/pulse'),
  /** The copy of .env and secrets/ that ./ops init makes for the backup. */
  installationFile: text('/run/secrets/installation.json'),
  revision: text('unknown'),
}

export type Config = ConfigOf<typeof settings>

export function loadConfig(env = process.env): Config {
  return parseConfig(settings, { env })
}
