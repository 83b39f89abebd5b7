import type { Caller } from '@secureconnect/tokens'
import type { Context } from '../context.ts'
import { wrongPassword } from '../protection-errors.ts'
import type { UserRow } from '../stores/users.ts'
import { insider } from '../throttle/login-throttle.ts'
import type { StoredPassword } from './password-hasher.ts'

export function toStoredPassword(user: UserRow): StoredPassword {
  return { passwordHash: user.password_hash, pepperId: user.pepper_id }
}

/**
 * Makes sure that whoever holds a session also knows the password, before something that cannot be taken back. Guesses
 * are bounded as at login, by session: nobody else's count against it.
 */
export async function assertPassword(
  { passwords, throttle, events }: Pick<Context, 'passwords' | 'throttle' | 'events'>,
  { user, caller, password }: { user: UserRow; caller: Pick<Caller, 'sessionId'>; password: string },
): Promise<void> {
  using _place = passwords.takePlace()
  const suspect = insider(user.user_id, 'session', caller.sessionId)
  const isRight = await throttle.attempt(suspect, () => passwords.verify(password, toStoredPassword(user)))
  if (isRight) return
  events.passwordNotConfirmed({ userId: user.user_id })
  throw wrongPassword()
}
