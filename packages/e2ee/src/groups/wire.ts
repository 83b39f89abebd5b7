import { base64ToBytes, bytesToBase64 } from '../bytes.ts'
import { GroupError } from './errors.ts'
import { decodeMlsMessage, encodeMlsMessage, type MLSMessage } from './mls.ts'

type Kind = MLSMessage['wireformat']

/** A message of the protocol as the service carries it. */
export function toText(message: MLSMessage): string {
  return bytesToBase64(encodeMlsMessage(message))
}

/** What the service carried, if it is of a kind that may stand here and nothing follows it. */
export function fromText<K extends Kind>(text: string, ...kinds: readonly K[]): MLSMessage & { wireformat: K } {
  const bytes = base64ToBytes(text)
  const [message, length] = tryDecode(bytes) ?? []
  if (message && length === bytes.length && isOf(message, kinds)) return message
  throw new GroupError('FORGED', 'It is no message of the protocol that may stand here.')
}

function tryDecode(bytes: Uint8Array) {
  try {
    return decodeMlsMessage(bytes, 0)
  } catch {
    return undefined
  }
}

function isOf<K extends Kind>(message: MLSMessage, kinds: readonly K[]): message is MLSMessage & { wireformat: K } {
  return kinds.some((kind) => kind === message.wireformat)
}
