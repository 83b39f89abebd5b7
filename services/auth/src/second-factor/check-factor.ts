import type { Context } from '../context.ts'
import { findTotpSecret, useRecoveryCode, useTotpStep } from '../stores/second-factors.ts'
import { insider } from '../throttle/login-throttle.ts'
import { findTotpStep } from './totp.ts'

type Presented = { userId: string; code: string }

/** Whether a code of the app or a recovery code is right; it is used up by that. */
async function useCode(
  { sql, factorKeys }: Pick<Context, 'sql' | 'factorKeys'>,
  { userId, code }: Presented,
): Promise<boolean> {
  if (!/^\d{6}$/.test(code)) return useRecoveryCode(sql, { userId, hash: factorKeys.hashRecoveryCode(code, userId) })
  const row = await findTotpSecret(sql, userId)
  if (!row) return false
  const step = findTotpStep(factorKeys.open(row.sealed_secret, userId), code, new Date())
  return step !== undefined && useTotpStep(sql, { userId, sealedSecret: row.sealed_secret, step })
}

/**
 * Whether somebody who gave the right password has the second factor too. Guesses are bounded for a known device or a
 * session by itself, and for all the rest together, from however many networks they come.
 */
export function checkFactor(
  context: Pick<Context, 'sql' | 'factorKeys' | 'throttle'>,
  { from, ...presented }: Presented & { from: string | undefined },
): Promise<boolean> {
  return context.throttle.attempt(insider(presented.userId, 'second factor', from), () => useCode(context, presented))
}
