import { factors } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { totpIsOn, totpNotSetUp, wrongCode } from '../../second-factor/errors.ts'
import { generateRecoveryCodes } from '../../second-factor/recovery-codes.ts'
import { findTotpStep } from '../../second-factor/totp.ts'
import { enableTotp as enable, findTotpSecret, saveRecoveryCodes, useTotpStep } from '../../stores/second-factors.ts'
import { enqueueMail } from '../../waiting-mail.ts'

export const enableTotp = route(
  factors.enableTotp,
  ({ sql, kv, factorKeys, events }: Pick<Context, 'sql' | 'kv' | 'factorKeys' | 'events'>) =>
    async ({ body, caller, reply }) => {
      const { userId } = caller
      const codes = generateRecoveryCodes()
      await sql.transaction(async (tx) => {
        if (!(await enable(tx, userId))) throw totpIsOn()
        const row = await findTotpSecret(tx, userId)
        if (!row) throw totpNotSetUp()
        const step = findTotpStep(factorKeys.open(row.sealed_secret, userId), body.code, new Date())
        const isRight = step !== undefined && (await useTotpStep(tx, { userId, sealedSecret: row.sealed_secret, step }))
        if (!isRight) throw wrongCode()
        await saveRecoveryCodes(tx, { userId, hashes: codes.map((code) => factorKeys.hashRecoveryCode(code, userId)) })
        await enqueueMail(tx, { kv }, { user_id: userId, template: 'totp-enabled' })
      })
      events.totpEnabled({ userId })
      reply.header('cache-control', 'no-store')
      return { recovery_codes: codes }
    },
)
