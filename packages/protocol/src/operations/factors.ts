import { type Static, Type } from 'typebox'
import { Confirmation, Password, Strict } from '../fields.ts'
import { operations } from '../operation.ts'

/** What a second factor is shown by: six digits of the app, or a recovery code. */
export const FactorCode = Type.String({
  pattern: '^(?:[0-9]{6}|[0-9A-Za-z]{5}-?[0-9A-Za-z]{5})$',
  description: 'Six digits of the authenticator app, or one of the recovery codes; each counts once',
})

export const TotpSetup = Type.Object({
  secret: Type.String({ description: 'For typing into an authenticator app, in base 32' }),
  otpauth_uri: Type.String({ description: 'The same for scanning, as a QR code' }),
})
export type TotpSetup = Static<typeof TotpSetup>

export const EnableTotp = Strict({
  code: Type.String({ pattern: '^[0-9]{6}$', description: 'Six digits of the app that was set up' }),
})
export type EnableTotp = Static<typeof EnableTotp>

export const RecoveryCodes = Type.Object({
  recovery_codes: Type.Array(Type.String(), {
    description: 'Each signs in once instead of the app; they are shown now and never again',
  }),
})
export type RecoveryCodes = Static<typeof RecoveryCodes>

export const DisableTotp = Strict({ password: Password, code: FactorCode })
export type DisableTotp = Static<typeof DisableTotp>

const change = { method: 'POST', caller: 'user', rate: 'account-change' } as const

export const factors = operations('auth-service', {
  setUpTotp: {
    ...change,
    name: 'auth.totp.setup',
    summary: 'Make a secret for an authenticator app; nothing asks for its codes before it is enabled',
    path: '/v1/auth/totp/setup',
    answer: { 200: TotpSetup },
    errors: ['CONFLICT'],
    audit: { resource: 'totp', action: 'setup' },
  },
  enableTotp: {
    ...change,
    name: 'auth.totp.enable',
    summary: 'Show that the app works: from now on signing in takes one of its codes',
    path: '/v1/auth/totp/enable',
    body: EnableTotp,
    answer: { 200: RecoveryCodes },
    errors: ['INVALID_CREDENTIALS', 'CONFLICT'],
    audit: { resource: 'totp', action: 'enable' },
  },
  disableTotp: {
    ...change,
    name: 'auth.totp.disable',
    summary: 'Sign in by password alone again; ends all other sessions',
    path: '/v1/auth/totp/disable',
    body: DisableTotp,
    answer: { 200: Confirmation },
    errors: ['INVALID_CREDENTIALS', 'ACCOUNT_LOCKED', 'CONFLICT', 'CAPACITY'],
    audit: { resource: 'totp', action: 'disable' },
  },
})
