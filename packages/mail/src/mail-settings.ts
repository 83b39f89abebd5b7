import {
  type ConfigOf,
  optional,
  optionalSecret,
  port,
  requiredInProduction,
  type Setting,
  SettingFault,
  text,
} from '@secureconnect/config'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import { createMailFolder } from './mail-folder.ts'
import type { Mailer } from './mailer.ts'
import type { SmtpSecurity } from './smtp.ts'

const smtpSecurity: Setting<SmtpSecurity> = {
  kind: 'plain',
  fallback: 'starttls',
  parse(raw, { isProduction }) {
    if (raw === 'starttls' || raw === 'tls') return raw
    if (raw !== 'none') throw new SettingFault(`must be starttls, tls or none, not "${raw}"`)
    if (isProduction) throw new SettingFault('must be starttls or tls: mail in the clear is refused in production')
    return raw
  },
}

/** How mails leave: by SMTP when a host is named, else as files in a folder, which production refuses. */
export const mailSettings = {
  smtpHost: requiredInProduction(optional(text())),
  smtpPort: port(587),
  smtpSecurity,
  smtpUsername: optionalSecret(1),
  smtpPassword: optionalSecret(),
  mailFrom: text('SecureConnect <no-reply@localhost>'),
  mailFolder: text('.data/mail'),
}

type Options = { config: ConfigOf<typeof mailSettings>; metrics: Metrics; log: Logger }

/** Creates the mailer that the settings ask for. */
export async function createMailer({ config, metrics, log }: Options): Promise<Mailer> {
  const { smtpHost: host, smtpPort, smtpSecurity: security, smtpUsername: user, smtpPassword: pass } = config
  const { mailFrom: from, mailFolder: folder } = config
  if (host === undefined) return createMailFolder({ folder, from, metrics, log })
  const { connectSmtp } = await import('./smtp.ts')
  const login = user !== undefined && pass !== undefined ? { user, pass } : undefined
  return connectSmtp({ host, port: smtpPort, security, login, from, metrics, log })
}
