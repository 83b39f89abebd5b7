import { ApiError, ConnectionError } from '@secureconnect/sdk'
import { NoDeviceError } from '../encryption/no-device-error.ts'
import { words } from './index.ts'

/** Words for codes that mean something else at one place than everywhere. */
export type Meant = Readonly<Record<string, string>>

/** What went wrong, for people. What the service says is used where there are no words of our own for its code. */
export function explain(error: unknown, meant: Meant = {}): string {
  const { errors } = words
  if (error instanceof ConnectionError) return errors.noAnswer
  if (error instanceof NoDeviceError) return error.message
  // Loaded later, and not known here but by its name.
  if (error instanceof Error && error.name === 'GroupError') return errors.keys
  if (!(error instanceof ApiError)) return errors.unknown
  const { code, status, retryAfterMs = 1_000, details, message, requestId } = error
  const known = meant[code] ?? errors.byCode[code]
  if (known) return known
  if (status === 429) return errors.tooOften(Math.ceil(retryAfterMs / 1_000))
  if (status === 503 || status === 504) return errors.busy
  if (status >= 500) return requestId ? `${errors.unknown} ${errors.reference(requestId)}` : errors.unknown
  const [detail] = details
  return detail ? detail.message : message
}

/** What is wrong with which field of a form, by the name that the service gives it. */
export function explainFields(error: unknown): ReadonlyMap<string, string> {
  if (!(error instanceof ApiError)) return new Map()
  if (error.code === 'EMAIL_EXISTS') return new Map([['email', explain(error)]])
  if (error.code === 'USERNAME_EXISTS') return new Map([['username', explain(error)]])
  return new Map(error.details.map(({ field, message }) => [field, message]))
}
