import type { ServiceName } from '@secureconnect/protocol'
import { counter } from '../family.ts'

const services: readonly ServiceName[] = ['auth-service']
const method = ['password', 'refresh'] as const
const mailTypes = [
  'verification',
  'welcome',
  'password-reset',
  'password-changed',
  'email-change',
  'email-changed',
  'new-device',
  'security-notice',
  'totp-enabled',
  'totp-disabled',
  'test',
] as const

/** Signing in, sessions and mail. */
export const accountFamilies = {
  authAttempts: counter('auth_attempts_total', {
    help: 'Attempts to authenticate',
    services,
    labels: ['method'],
    known: { method },
  }),
  authSuccess: counter('auth_success_total', {
    help: 'Attempts that succeeded',
    services,
    labels: ['method'],
    known: { method },
  }),
  authFailures: counter('auth_failures_total', {
    help: 'Attempts that failed',
    services,
    labels: ['method', 'reason'],
  }),
  loginSuccess: counter('auth_login_success_total', { help: 'Logins', services }),
  loginFailed: counter('auth_login_failed_total', { help: 'Failed logins', services }),
  loginFailedByIp: counter('auth_login_failed_by_ip', {
    help: 'Failed logins by network; at most 100 networks, the rest counts as "other"',
    services,
    labels: ['ip'],
  }),
  accountLocked: counter('auth_account_locked_total', { help: 'Logins refused by the throttle', services }),
  refreshSuccess: counter('auth_refresh_token_success_total', { help: 'Refresh tokens exchanged', services }),
  refreshInvalid: counter('auth_refresh_token_invalid_total', { help: 'Refresh tokens refused', services }),
  refreshBlacklisted: counter('auth_refresh_token_blacklisted_total', {
    help: 'Refresh tokens of ended sessions',
    services,
  }),
  refreshReuse: counter('auth_refresh_token_reuse_total', {
    help: 'Refresh tokens presented a second time: the session was ended',
    services,
  }),
  tokenBlacklisted: counter('auth_token_blacklisted_total', { help: 'Access tokens of ended sessions', services }),
  logout: counter('auth_logout_total', { help: 'Logouts', services }),
  passwordReset: counter('auth_password_reset_total', { help: 'Passwords reset', services }),
  emails: counter('emails_total', { help: 'Mails sent', services, labels: ['type'], known: { type: mailTypes } }),
  emailsFailed: counter('emails_failed_total', {
    help: 'Mails that could not be sent',
    services,
    labels: ['type', 'reason'],
  }),
}
