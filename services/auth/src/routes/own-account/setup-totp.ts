import { factors } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { userNotFound } from '../../errors.ts'
import { totpIsOn } from '../../second-factor/errors.ts'
import { generateTotpSecret, toBase32, toOtpauthUri } from '../../second-factor/totp.ts'
import { saveTotpSecret } from '../../stores/second-factors.ts'
import { holdUser } from '../../stores/users.ts'

export const setUpTotp = route(
  factors.setUpTotp,
  ({ sql, factorKeys }: Pick<Context, 'sql' | 'factorKeys'>) =>
    async ({ caller, reply }) => {
      const { userId } = caller
      const secret = generateTotpSecret()
      const user = await sql.transaction(async (tx) => {
        const held = await holdUser(tx, userId)
        if (!held) throw userNotFound()
        if (held.totp_enabled_at) throw totpIsOn()
        await saveTotpSecret(tx, { userId, sealedSecret: factorKeys.seal(secret, userId) })
        return held
      })
      reply.header('cache-control', 'no-store')
      return { secret: toBase32(secret), otpauth_uri: toOtpauthUri(secret, user.email) }
    },
)
