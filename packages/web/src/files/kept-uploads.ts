import { keptBytes } from '../app/kept-bytes.ts'
import { isEncrypted } from '../chat/list/conversations.ts'
import type { Attachment } from './attachments.ts'

/** A file that waits to be uploaded, as an earlier page left it. */
export type KeptUpload = { attachment: Attachment; bytes: Blob }

type Facts = Pick<Attachment, 'name' | 'size' | 'type'>

const placeOf = (conversationId: string, id: string) => ({ kind: 'upload', conversationId, id }) as const

/** Keeps a file until it is uploaded, but none of an encrypted conversation, which would lie open in this browser until it is sealed. Where the browser keeps nothing, it is there for as long as the page is. */
export function keepUpload(conversationId: string, { id, name, size, type }: Attachment, bytes: Blob): void {
  if (isEncrypted(conversationId)) return
  keptBytes.write(placeOf(conversationId, id), bytes, { name, size, type } satisfies Facts).catch(() => undefined)
}

export function forgetUpload(conversationId: string, id: string): void {
  keptBytes.remove(placeOf(conversationId, id)).catch(() => undefined)
}

export async function listKeptUploads(conversationId: string): Promise<readonly KeptUpload[]> {
  const kept = await keptBytes.list<Facts>('upload', conversationId)
  return [...kept].map(([id, { bytes, facts }]) => ({ bytes, attachment: { ...facts, id, upload: { is: 'waiting' } } }))
}
