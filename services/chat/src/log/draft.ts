import { type EditMessage, limits, type Metadata, type SendMessage } from '@secureconnect/protocol'
import { hashBody, validationError } from '@secureconnect/service'
import { newId } from '@secureconnect/sql'
import { findVoiceFault } from './find-voice-fault.ts'
import type { MessageFacts } from './log-event.ts'

/** A message before it has its place in a conversation. */
export type Draft = {
  conversationId: string
  senderId: string
  /** Makes a repeated send find the first one. */
  clientId: string
  /** Of all that was sent: another body under the same id is a mistake of the client's. */
  bodyHash: string
  content: string
  facts: MessageFacts
  expiresInSeconds: number | undefined
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

function findTextFault(text: string): string | undefined {
  if (text.includes('\u0000')) return 'must not hold the character NUL'
  return text.isWellFormed() ? undefined : 'must be well-formed Unicode'
}

function findContentFault(content: string, isEncrypted: boolean): string | undefined {
  if (isEncrypted) return base64.test(content) ? undefined : 'must be base64 in an encrypted message'
  // Characters are code points, as the schemas count them; few texts are long enough to be counted.
  const isLong = content.length > limits.messageCharacters && [...content].length > limits.messageCharacters
  return isLong ? `must have at most ${limits.messageCharacters} characters` : findTextFault(content)
}

function findEpochFault(groupEpoch: number | undefined, isEncrypted: boolean): string | undefined {
  if (isEncrypted === (groupEpoch !== undefined)) return undefined
  return isEncrypted ? 'is missing in an encrypted message' : 'is for encrypted messages'
}

function findMetadataFault(metadata: Metadata, isEncrypted: boolean): string | undefined {
  if (isEncrypted && Object.keys(metadata).length > 0) return 'must be inside an encrypted message'
  const { keyBytes, valueBytes } = limits.metadata
  for (const [key, value] of Object.entries(metadata)) {
    const fault = findTextFault(key) ?? (typeof value === 'string' ? findTextFault(value) : undefined)
    if (fault) return fault
    if (Buffer.byteLength(key) > keyBytes) return `must have keys of at most ${keyBytes} bytes`
    if (Buffer.byteLength(String(value)) > valueBytes) return `must have values of at most ${valueBytes} bytes`
  }
  return undefined
}

type Text = EditMessage & Pick<MessageFacts, 'message_type' | 'is_encrypted'>

/** Checks of a message or of its change what the schema cannot say. */
export function assertText({ content, metadata = {}, group_epoch, message_type, is_encrypted }: Text): void {
  const voiceFault = message_type === 'audio' && !is_encrypted ? findVoiceFault(metadata) : undefined
  const faults = [
    { field: 'content', message: findContentFault(content, is_encrypted) },
    { field: 'group_epoch', message: findEpochFault(group_epoch, is_encrypted) },
    { field: 'metadata', message: findMetadataFault(metadata, is_encrypted) ?? voiceFault },
  ]
  const found = faults.flatMap(({ field, message }) => (message === undefined ? [] : [{ field, message }]))
  if (found.length > 0) throw validationError(found)
}

type Sending = { body: SendMessage; senderId: string; idempotencyKey?: string | undefined }

/** Makes a draft of what was sent. */
export function createDraft({ body, senderId, idempotencyKey }: Sending): Draft {
  const { conversation_id, client_id, content, message_type, is_encrypted = false, metadata = {} } = body
  const { group_epoch, reply_to, mentions = [], mentions_all = false, file_ids = [], expires_in_seconds } = body
  assertText({ ...body, is_encrypted })
  return {
    conversationId: conversation_id,
    senderId,
    clientId: client_id ?? idempotencyKey ?? newId(),
    bodyHash: hashBody({ ...body, client_id: undefined }),
    content,
    facts: {
      message_type,
      is_encrypted,
      ...(group_epoch !== undefined && { group_epoch }),
      metadata,
      ...(client_id !== undefined && { client_id }),
      ...(reply_to !== undefined && { reply_to }),
      ...(mentions.length > 0 && { mentions }),
      ...(mentions_all && { mentions_all }),
      ...(file_ids.length > 0 && { file_ids }),
    },
    expiresInSeconds: expires_in_seconds,
  }
}
