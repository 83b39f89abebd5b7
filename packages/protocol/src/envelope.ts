import { type Static, type TSchema, Type } from 'typebox'
import { type ErrorCode, errorStatus } from './error-codes.ts'
import { Timestamp } from './fields.ts'

export const Meta = Type.Object({ timestamp: Timestamp, request_id: Type.String() })
export type Meta = Static<typeof Meta>

/** The body of every successful answer. */
export function Success<T extends TSchema>(data: T) {
  return Type.Object({ success: Type.Literal(true), data, meta: Meta })
}

export const FieldFault = Type.Object({ field: Type.String(), message: Type.String() })
export type FieldFault = Static<typeof FieldFault>

/** The body of every refused or failed answer: `code` is for programs, `message` for people. */
export const ErrorBody = Type.Object({
  success: Type.Literal(false),
  error: Type.Object({
    code: Type.Unsafe<ErrorCode>(Type.String({ enum: Object.keys(errorStatus) })),
    message: Type.String(),
    details: Type.Optional(Type.Array(FieldFault)),
    retry_after_ms: Type.Optional(Type.Integer({ minimum: 0 })),
  }),
  meta: Meta,
})
export type ErrorBody = Static<typeof ErrorBody>
