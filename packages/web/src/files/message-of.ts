import type { Draft } from '@secureconnect/sdk'
import type { Uploaded } from './attachments.ts'
import { type FileKind, kindOf } from './file-kinds.ts'
import { writeShapes } from './shapes.ts'

type MessageType = Draft['message_type']
const messageTypes = { picture: 'image', video: 'video', audio: 'audio', file: 'file' } as const satisfies Record<
  FileKind,
  MessageType
>

/** What a message says by its type: that all of its files are of a kind, or that there are some. */
function messageTypeOf(files: readonly Uploaded[]): MessageType {
  const [kind, ...others] = new Set(files.map(({ type }) => messageTypes[kindOf(type)]))
  if (kind === undefined) return 'text'
  return others.length === 0 ? kind : 'file'
}

/**
 * The parts of a message with files. Every message has words: where its author wrote none, the names of its files stand
 * for them, marked as such, so that whoever shows no files and whoever searches finds them.
 */
export function messageOf(text: string, files: readonly Uploaded[]) {
  if (files.length === 0) return { content: text, message_type: 'text' } as const
  const sealedFiles = files.flatMap(({ upload }) => upload.sealed ?? [])
  return {
    content: text || files.map(({ name }) => name).join(', '),
    message_type: messageTypeOf(files),
    file_ids: files.map(({ upload }) => upload.fileId),
    ...(sealedFiles.length > 0 && { sealedFiles }),
    metadata: { shapes: writeShapes(files.map(({ shape }) => shape)), ...(text === '' && { has_no_words: true }) },
  }
}
