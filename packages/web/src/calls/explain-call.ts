import { ApiError } from '@secureconnect/sdk'
import { explain } from '../words/explain.ts'
import { words } from '../words/index.ts'

/** Why something about a call was refused, or failed. */
export function explainCall(error: unknown): string {
  const known = error instanceof ApiError ? words.calls.errors[error.code] : undefined
  return known ?? explain(error)
}
