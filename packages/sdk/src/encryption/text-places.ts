import type { Message } from '@secureconnect/protocol'

/** Of which message a text is: as soon as the service has told its id, and when it expires. */
export type TextOf = {
  /** Empty as long as that is not known. */
  messageId: string
  /** In milliseconds; 0 where it does not. */
  until: number
}

export const textOf = ({ message_id, expires_at }: Pick<Message, 'message_id' | 'expires_at'>): TextOf => ({
  messageId: message_id,
  until: expires_at === null ? 0 : Date.parse(expires_at),
})

/** What is known of a text that was read, beside the text itself. */
export type Place = TextOf & {
  /** When it was read, in milliseconds. */
  at: number
  /** How large it is; 0 once it is gone because its message is. */
  bytes: number
  /** Under which key the text is kept. */
  key: string
}

/** Under it a vault has the places of texts, all that is known of each in its name: they are listed without being opened. */
export const placePrefix = 'place:'

export const nameOf = ({ at, bytes, until, messageId, key }: Place) =>
  `${placePrefix}${String(at).padStart(15, '0')}:${bytes}:${until}:${messageId}:${key}`

export function readPlace(name: string): Place {
  const [, at, bytes, until, messageId = '', ...key] = name.split(':')
  return { at: Number(at), bytes: Number(bytes), until: Number(until), messageId, key: key.join(':') }
}
