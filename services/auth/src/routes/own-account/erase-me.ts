import { startErasure } from '@secureconnect/account-jobs'
import { ownAccount } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { assertPassword } from '../../passwords/assert-password.ts'
import { wrongPassword } from '../../protection-errors.ts'
import { endSessions } from '../../sessions/end-sessions.ts'
import { clearRefreshCookie } from '../../sessions/refresh-cookie.ts'
import { getUserById, markErasing } from '../../stores/users.ts'

export const eraseMe = route(ownAccount.erase, (context: Context) => async ({ body, caller, request, reply }) => {
  const { sql, kv, events } = context
  const { userId } = caller
  const { password, messages = 'keep' } = body
  const user = await getUserById(sql, userId)
  await assertPassword(context, { user, caller, password })
  await sql.transaction(async (tx) => {
    // Somebody else may have changed the password, or asked for the same, while this one was judged.
    if (!(await markErasing(tx, user))) throw wrongPassword()
    await endSessions(tx, context, { userId, reason: 'erased' })
    await startErasure(tx, { userId, messages }, kv)
  })
  events.erasureRequested({ userId })
  clearRefreshCookie({ request, reply })
  return { message: 'Your account has ended and is being erased.' }
})
