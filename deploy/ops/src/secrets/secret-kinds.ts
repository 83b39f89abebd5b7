import { randomBytes } from 'node:crypto'
import { secretStrength } from '@secureconnect/config'

/** How one secret comes to be. */
export type SecretKind = {
  minBytes: number
  /** Makes a new one. Without this only the operator can know the value, and an installation can do without it. */
  make?: () => string | Promise<string>
  /** What is lost without it, if anything. */
  without?: string
  /** Nobody should go without it for long. */
  isAdvised?: true
}

/** Letters and digits only, so that it stands unquoted in any configuration file, address or script. */
const createText = () => randomBytes(32).toString('hex')

const password: SecretKind = { minBytes: secretStrength.password, make: createText }
const key: SecretKind = { minBytes: secretStrength.key, make: createText }
const login = 'mails are sent without a login'
const push = 'nobody is pushed anything while the app is closed'
const webhook = 'no other system is told of calls'

export const secretKinds: Readonly<Record<string, SecretKind>> = {
  jwt_secret: key,
  jwt_signing_keys: {
    minBytes: secretStrength.key,
    // Loaded only where keys are made: it brings all of auth-service.
    make: async () => (await import('@secureconnect/auth-service')).generateSigningKeys(),
  },
  refresh_key: key,
  password_pepper: key,
  db_password: password,
  cassandra_user: { minBytes: 1, make: () => 'secureconnect' },
  cassandra_password: password,
  redis_password: password,
  minio_access_key: { minBytes: 3, make: () => `sc${randomBytes(9).toString('hex')}` },
  minio_secret_key: password,
  turn_secret: key,
  grafana_admin_password: password,
  backup_key: key,
  backup_s3_access_key: { minBytes: 3, without: 'backups go to a folder of this server, BACKUP_FOLDER' },
  backup_s3_secret_key: { minBytes: secretStrength.password },
  smtp_username: { minBytes: 1, without: login },
  smtp_password: { minBytes: secretStrength.password, without: login },
  firebase_credentials: { minBytes: secretStrength.key, without: push, isAdvised: true },
  firebase_project_id: { minBytes: 1 },
  turn_user: { minBytes: 1 },
  turn_password: { minBytes: secretStrength.password },
  alert_critical_url: { minBytes: 1, without: 'critical alerts reach nobody', isAdvised: true },
  alert_warning_url: { minBytes: 1, without: 'warnings reach nobody', isAdvised: true },
  alert_heartbeat_url: { minBytes: 1, without: 'nobody outside notices when alerts no longer go out' },
  webhook_url: { minBytes: 1, without: webhook },
  webhook_secret: { minBytes: 32, without: webhook },
}
