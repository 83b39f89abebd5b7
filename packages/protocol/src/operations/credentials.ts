import type { Static } from 'typebox'
import { Confirmation, Password, Strict } from '../fields.ts'
import { operations } from '../operation.ts'

export const ChangePassword = Strict({ old_password: Password, new_password: Password })
export type ChangePassword = Static<typeof ChangePassword>

export const credentials = operations('auth-service', {
  changePassword: {
    name: 'users.me.password.change',
    summary: 'Change the own password; ends all sessions but the one that asks',
    method: 'POST',
    path: '/v1/users/me/password',
    caller: 'user',
    rate: 'account-change',
    body: ChangePassword,
    answer: { 200: Confirmation },
    errors: ['INVALID_CREDENTIALS', 'ACCOUNT_LOCKED', 'CAPACITY'],
    audit: { resource: 'password', action: 'change' },
  },
})
