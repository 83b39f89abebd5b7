import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MailError, type SmtpSecurity, trySmtp } from '@secureconnect/mail'
import { ok, warning } from '../checks/finding.ts'
import { getSetting } from '../settings/env-file.ts'
import type { DoctorCheck } from './doctor-check.ts'

const open = 'Correct SMTP_HOST and SMTP_PORT in .env, or open the way to it.'
const fixes: Readonly<Record<string, [detail: string, fix: string]>> = {
  login: ['refuses the login', 'Put the right ones into secrets/smtp_username and smtp_password, then ./ops init.'],
  tls: ['has no TLS that can be trusted', 'Correct SMTP_SECURITY in .env, or take another mail server.'],
  timeout: ['does not answer', open],
}

/** What only root may read is as if it were not there: the check of secrets tells of it. */
function read(folder: string, name: string): string | undefined {
  const path = join(folder, name)
  return process.getuid?.() === 0 && existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined
}

/** Signs in at the mail server as auth-service does, and sends nothing. */
export const mail: DoctorCheck = {
  name: 'mail server',
  run: async ({ root, settings }) => {
    const [host, port] = [getSetting(settings, 'SMTP_HOST'), Number(getSetting(settings, 'SMTP_PORT'))]
    const security: SmtpSecurity = settings.get('SMTP_SECURITY') === 'tls' ? 'tls' : 'starttls'
    const folder = join(root, 'secrets')
    const [user, pass] = [read(folder, 'smtp_username'), read(folder, 'smtp_password')]
    const login = user && pass ? { user, pass } : undefined
    try {
      await trySmtp({ host, port, security, login })
      return [ok('mail server', `${host}:${port} ${login ? 'takes the login' : 'takes mails without a login'}`)]
    } catch (error) {
      if (!(error instanceof MailError)) throw error
      const cause = error.cause instanceof Error ? error.cause.message : error.reason
      const [detail, fix] = fixes[error.reason] ?? [cause, open]
      return [warning('mail server', `${host}:${port} ${detail}`, fix)]
    }
  },
}
