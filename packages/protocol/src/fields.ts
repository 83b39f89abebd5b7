import { type TProperties, Type } from 'typebox'
import { limits } from './limits.ts'

/** An object that refuses every field it does not name: for all that comes from outside. */
export function Strict<T extends TProperties>(properties: T, options: { description?: string } = {}) {
  return Type.Object(properties, { additionalProperties: false, ...options })
}

export const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'A UUID in lower case',
})

/** RFC 3339 in UTC with milliseconds, as `Date.toISOString` writes it. */
export const Timestamp = Type.String({
  pattern: '^[12]\\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}Z$',
  description: 'RFC 3339, UTC, milliseconds',
})

export const Email = Type.String({
  minLength: 3,
  maxLength: limits.emailCharacters,
  pattern:
    '^[^\\s@<>"(),;:\\\\\\u0000-\\u001f]+@[^\\s@<>"(),;:\\\\.\\u0000-\\u001f]+(\\.[^\\s@<>"(),;:\\\\.\\u0000-\\u001f]+)+$',
  description: 'An e-mail address',
})

export const Username = Type.String({
  minLength: limits.usernameCharacters.min,
  maxLength: limits.usernameCharacters.max,
  pattern: '^[a-zA-Z0-9_.-]+$',
  description: 'Letters, digits, "_", "." and "-"',
})

const notBlank = '^[^\\u0000-\\u001f\\u007f]*[^\\s\\u0000-\\u001f\\u007f][^\\u0000-\\u001f\\u007f]*$'

export const DisplayName = Type.String({
  minLength: 1,
  maxLength: limits.displayNameCharacters,
  pattern: notBlank,
  description: 'The name people see; not blank, no control characters',
})

/** By which somebody knows a device of his. */
export const DeviceName = Type.String({
  minLength: 1,
  maxLength: limits.deviceNameCharacters,
  pattern: notBlank,
  description: 'Not blank, no control characters; nobody else sees it',
})

/** What a database takes, and a line of a log. */
export const noControlCharacters = '^[^\\u0000-\\u001f\\u007f]*$'

/** Why somebody did something to another: for those who look into it later. */
export const Reason = Type.String({
  minLength: limits.reasonCharacters.min,
  maxLength: limits.reasonCharacters.max,
  pattern: noControlCharacters,
})

/** What a list is searched for. */
export const SearchText = Type.String({
  minLength: 1,
  maxLength: limits.searchCharacters,
  pattern: noControlCharacters,
})

/** Length is judged in code points after normalisation, by the password rules; this only bounds the input. */
export const Password = Type.String({ minLength: 1, maxLength: limits.passwordBytes })

export function Nullable<T extends Parameters<typeof Type.Union>[0][number]>(
  schema: T,
  options: { description?: string } = {},
) {
  return Type.Union([schema, Type.Null()], options)
}

const base64 = '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$'

/** Bytes as base64 text, with its padding. */
export function Base64({ min = 4, max }: { min?: number; max: number }) {
  return Type.String({ minLength: min, maxLength: max, pattern: base64, description: 'Base64' })
}

/** The answer where all there is to say is that it was done. */
export const Confirmation = Type.Object({ message: Type.String() })
