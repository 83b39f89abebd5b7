import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { type FailureReason, PushError } from './pusher.ts'

const Violation = Type.Object({ field: Type.Optional(Type.String()) })
const Refusal = Compile(
  Type.Object({
    error: Type.Object({
      status: Type.Optional(Type.String()),
      details: Type.Optional(
        Type.Array(
          Type.Object({
            errorCode: Type.Optional(Type.String()),
            fieldViolations: Type.Optional(Type.Array(Violation)),
          }),
        ),
      ),
    }),
  }),
)

export type Refused = { status: number; retryAfter: string | undefined; body: unknown }

/** Seconds or a date, by RFC 9110. */
function readRetryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const seconds = Number(text)
  const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(text) - Date.now()
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined
}

/** Firebase asks for a minute where it counts too many and names no time. */
const quotaWaitMs = 60_000

const reasons: Readonly<Record<number, FailureReason>> = { 400: 'refused', 401: 'login', 403: 'login', 429: 'quota' }

/**
 * Why Firebase did not take a push: answers `unregistered` where the token is of no use any more, and throws everything
 * else. A 404 without that word and a token of another project's are about our credentials: wrong ones must not cost
 * anybody his token.
 */
export function readRefusal({ status, retryAfter, body }: Refused): 'unregistered' {
  const details = Refusal.Check(body) ? (body.error.details ?? []) : []
  const codes = details.map(({ errorCode }) => errorCode)
  const fields = details.flatMap(({ fieldViolations = [] }) => fieldViolations.map(({ field }) => field))
  if (codes.includes('UNREGISTERED') || (status === 400 && fields.includes('message.token'))) return 'unregistered'
  const reason = codes.includes('SENDER_ID_MISMATCH') ? 'refused' : (reasons[status] ?? 'unavailable')
  const retryAfterMs = readRetryAfter(retryAfter) ?? (reason === 'quota' ? quotaWaitMs : undefined)
  const told = codes.find((code) => code !== undefined) ?? (Refusal.Check(body) ? body.error.status : undefined)
  throw new PushError(reason, `Firebase did not take a push: ${status} ${told ?? ''}`.trim(), {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}
