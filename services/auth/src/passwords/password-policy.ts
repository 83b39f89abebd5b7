import { readFileSync } from 'node:fs'
import { limits } from '@secureconnect/protocol'
import { validationError } from '@secureconnect/service'

/**
 * Those of the 20,000 most common passwords that are long enough to pass the other rules: Royce Williams's list,
 * as Django ships it.
 */
const commonPasswords = new Set(readFileSync(new URL('common-passwords.txt', import.meta.url), 'utf8').split('\n'))

type Owner = { email: string; username: string }

function findFault(password: string, { email, username }: Owner): string | undefined {
  const normalised = password.normalize('NFKC')
  const { min, max } = limits.passwordCodePoints
  const length = [...normalised].length
  if (length < min || length > max) return `must have ${min} to ${max} characters`
  if (Buffer.byteLength(normalised) > limits.passwordBytes) return `must have at most ${limits.passwordBytes} bytes`
  const lower = normalised.toLowerCase()
  if (commonPasswords.has(lower)) return 'is among the most common passwords'
  const [localPart = ''] = email.toLowerCase().split('@')
  // Shorter ones are in many a word, as Eve is in seven.
  const names = [localPart, username.toLowerCase()].filter((name) => name.length >= 4)
  if (names.some((name) => lower.includes(name))) return 'contains your e-mail address or username'
  return undefined
}

/** Refuses a password that is too short, too long, common, or made of its owner's names; the reason is told. */
export function assertGoodPassword(password: string, owner: Owner, field = 'password'): void {
  const fault = findFault(password, owner)
  if (fault) throw validationError([{ field, message: fault }])
}
