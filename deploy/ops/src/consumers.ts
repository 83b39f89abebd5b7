/** What an installation is called, from the outside. */
export type Place = { domain: string; filesDomain: string; publicIp: string }

/**
 * What one compose service is given. Its files are copies of its own in `secrets/<compose service>/`, mode 0400, owned by
 * `uid`; that folder is mounted whole, read-only, as /run/secrets: a secret that an installation does without is then
 * simply not there, and one that was rotated is seen without making the container anew.
 */
export type Consumer = {
  uid: number
  /** The secrets that it reads, by their names in secrets.example. */
  secrets: readonly string[]
  /** How its copy of a secret is written, where its program wants more than the value. */
  writtenAs?: Readonly<Record<string, (value: string) => string>>
  /** Whether it verifies others by the installation's own authority, from tls_ca.pem. */
  trustsAuthority: boolean
  /** Under which names it is reached by TLS; then it has tls_cert.pem and tls_key.pem, too. */
  certificateNames?: (place: Place) => readonly string[]
  /** Browsers come here: the operator may put a certificate in place that they know, which is left as it is. */
  isForBrowsers?: true
}

/** The uids that the images run as. */
const uids = {
  node: 1000,
  database: 999,
  nginx: 101,
  objectStore: 1000,
  nobody: 65_534,
  grafana: 472,
  redisExporter: 59_000,
} as const

const inEveryContainer = ['localhost', '127.0.0.1'] as const
const named =
  (...names: string[]) =>
  () => [...names, ...inEveryContainer]

/** The one list of who reads which secret; a compose service that is not here reads none. */
export const consumers: Readonly<Record<string, Consumer>> = {
  nginx: {
    uid: uids.nginx,
    secrets: [],
    trustsAuthority: true,
    certificateNames: ({ domain, filesDomain }) => [domain, filesDomain, 'nginx', ...inEveryContainer],
    isForBrowsers: true,
  },
  'api-gateway': { uid: uids.node, secrets: ['redis_password'], trustsAuthority: true },
  'auth-service': {
    uid: uids.node,
    secrets: [
      'db_password',
      'jwt_secret',
      'jwt_signing_keys',
      'password_pepper',
      'redis_password',
      'refresh_key',
      'smtp_password',
      'smtp_username',
    ],
    trustsAuthority: true,
  },
  'chat-service': {
    uid: uids.node,
    secrets: [
      'cassandra_password',
      'cassandra_user',
      'db_password',
      'firebase_credentials',
      'firebase_project_id',
      'jwt_secret',
      'redis_password',
    ],
    trustsAuthority: true,
  },
  'video-service': {
    uid: uids.node,
    secrets: [
      'db_password',
      'jwt_secret',
      'minio_access_key',
      'minio_secret_key',
      'redis_password',
      'turn_password',
      'turn_secret',
      'turn_user',
      'webhook_secret',
      'webhook_url',
    ],
    trustsAuthority: true,
  },
  'storage-service': {
    uid: uids.node,
    secrets: ['db_password', 'jwt_secret', 'minio_access_key', 'minio_secret_key', 'redis_password'],
    trustsAuthority: true,
  },
  migrate: { uid: uids.node, secrets: ['db_password'], trustsAuthority: true },
  'init-stores': {
    uid: uids.node,
    secrets: ['cassandra_password', 'cassandra_user'],
    trustsAuthority: true,
  },
  backup: {
    uid: uids.node,
    secrets: [
      'backup_key',
      'backup_s3_access_key',
      'backup_s3_secret_key',
      'cassandra_password',
      'cassandra_user',
      'db_password',
      'minio_access_key',
      'minio_secret_key',
    ],
    trustsAuthority: true,
  },
  postgres: {
    uid: uids.database,
    secrets: ['db_password'],
    trustsAuthority: true,
    certificateNames: named('postgres'),
  },
  cockroach: {
    uid: uids.database,
    secrets: ['db_password'],
    trustsAuthority: true,
    certificateNames: named('cockroach'),
  },
  cassandra: {
    uid: uids.database,
    secrets: ['cassandra_password', 'cassandra_user'],
    trustsAuthority: true,
    certificateNames: named('cassandra'),
  },
  redis: {
    uid: uids.database,
    secrets: ['redis_password'],
    trustsAuthority: true,
    certificateNames: named('redis'),
  },
  'object-store': {
    uid: uids.objectStore,
    secrets: ['minio_access_key', 'minio_secret_key'],
    trustsAuthority: true,
    certificateNames: ({ filesDomain }) => ['object-store', 'minio', filesDomain, ...inEveryContainer],
  },
  coturn: {
    uid: uids.nobody,
    secrets: ['turn_secret'],
    trustsAuthority: true,
    certificateNames: ({ domain, publicIp }) => [domain, publicIp, 'coturn', ...inEveryContainer],
  },
  'postgres-exporter': { uid: uids.nobody, secrets: ['db_password'], trustsAuthority: true },
  'redis-exporter': {
    uid: uids.redisExporter,
    secrets: ['redis_password'],
    writtenAs: { redis_password: (value) => JSON.stringify({ 'rediss://monitor@redis:6379': value.trim() }) },
    trustsAuthority: true,
  },
  'blackbox-exporter': { uid: uids.nobody, secrets: [], trustsAuthority: true },
  prometheus: { uid: uids.nobody, secrets: [], trustsAuthority: true },
  alertmanager: {
    uid: uids.nobody,
    secrets: ['alert_critical_url', 'alert_heartbeat_url', 'alert_warning_url'],
    trustsAuthority: false,
  },
  grafana: { uid: uids.grafana, secrets: ['grafana_admin_password'], trustsAuthority: false },
}

/** The compose services that read a secret. */
export function listReaders(secret: string): string[] {
  return Object.entries(consumers).flatMap(([service, { secrets }]) => (secrets.includes(secret) ? [service] : []))
}

/** What a compose service finds in its copy of a secret. */
export function writeCopy(service: string, name: string, value: string): string {
  return consumers[service]?.writtenAs?.[name]?.(value) ?? value
}
