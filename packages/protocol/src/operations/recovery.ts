import { type Static, Type } from 'typebox'
import { Confirmation, Email, Password, Strict } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'
import { User } from './accounts.ts'

const MailToken = Type.String({
  minLength: 1,
  maxLength: limits.mailTokenCharacters,
  description: 'What stands behind "#token=" in the link of a mail; it counts once',
})

export const MailedToken = Strict({ token: MailToken })
export type MailedToken = Static<typeof MailedToken>

export const MailAddress = Strict({ email: Email })
export type MailAddress = Static<typeof MailAddress>

export const ResetPassword = Strict({ token: MailToken, new_password: Password })
export type ResetPassword = Static<typeof ResetPassword>

export const ChangeEmail = Strict({ new_email: Email, password: Password })
export type ChangeEmail = Static<typeof ChangeEmail>

export const recovery = operations('auth-service', {
  verifyEmail: {
    name: 'auth.verify-email',
    summary: 'Confirm the address of an account by the link that was mailed to it',
    method: 'POST',
    path: '/v1/auth/verify-email',
    caller: 'public',
    rate: 'login',
    body: MailedToken,
    answer: { 200: Confirmation },
    errors: ['INVALID_GRANT'],
    audit: { resource: 'email', action: 'verify' },
  },
  resendVerification: {
    name: 'auth.verify-email.resend',
    summary: 'Have the link to confirm an address mailed again; the answer is the same for every address',
    method: 'POST',
    path: '/v1/auth/verify-email/resend',
    caller: 'public',
    rate: 'password-reset',
    body: MailAddress,
    answer: { 202: Confirmation },
    audit: { resource: 'email', action: 'request-verification' },
  },
  requestPasswordReset: {
    name: 'auth.password-reset.request',
    summary: 'Have a link mailed that resets the password; the answer is the same for every address',
    method: 'POST',
    path: '/v1/auth/password-reset/request',
    caller: 'public',
    rate: 'password-reset',
    body: MailAddress,
    answer: { 202: Confirmation },
    audit: { resource: 'password', action: 'request-reset' },
  },
  resetPassword: {
    name: 'auth.password-reset.confirm',
    summary: 'Set another password by the link that was mailed; ends all sessions',
    method: 'POST',
    path: '/v1/auth/password-reset/confirm',
    caller: 'public',
    rate: 'login',
    body: ResetPassword,
    answer: { 200: Confirmation },
    errors: ['INVALID_GRANT', 'CAPACITY'],
    audit: { resource: 'password', action: 'reset' },
  },
  changeEmail: {
    name: 'users.me.email.change',
    summary: 'Ask for another e-mail address: it becomes the own one when the link that is mailed to it is confirmed',
    method: 'POST',
    path: '/v1/users/me/email',
    caller: 'user',
    rate: 'account-change',
    body: ChangeEmail,
    answer: { 202: Confirmation },
    errors: ['INVALID_CREDENTIALS', 'ACCOUNT_LOCKED', 'USER_NOT_FOUND', 'CAPACITY'],
    audit: { resource: 'email', action: 'request-change' },
  },
  confirmEmail: {
    name: 'users.me.email.verify',
    summary: 'Confirm the new address by the link that was mailed to it; ends all sessions but the one that asks',
    method: 'POST',
    path: '/v1/users/me/email/verify',
    caller: 'user',
    rate: 'account-change',
    body: MailedToken,
    answer: { 200: User },
    errors: ['INVALID_GRANT', 'EMAIL_EXISTS'],
    audit: { resource: 'email', action: 'change' },
  },
})
