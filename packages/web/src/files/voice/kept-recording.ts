import { keptBytes } from '../../app/kept-bytes.ts'
import { isEncrypted } from '../../chat/list/conversations.ts'
import type { Recording } from './recorder.ts'

type Facts = Pick<Recording, 'durationMs' | 'levels'>

/** One a conversation. */
const placeOf = (conversationId: string) => ({ kind: 'voice', conversationId, id: 'unsent' }) as const

/** Keeps a recording until it is sent or thrown away, but none of an encrypted conversation, as with files. Where the browser keeps nothing, it is there with the page. */
export function keepRecording(conversationId: string, { bytes, durationMs, levels }: Recording): void {
  if (isEncrypted(conversationId)) return
  keptBytes.write(placeOf(conversationId), bytes, { durationMs, levels } satisfies Facts).catch(() => undefined)
}

export function forgetRecording(conversationId: string): void {
  keptBytes.remove(placeOf(conversationId)).catch(() => undefined)
}

/** What was recorded for a conversation and not sent, whole or as far as it got. */
export async function findRecording(conversationId: string): Promise<Recording | undefined> {
  const [found] = (await keptBytes.list<Facts>('voice', conversationId)).values()
  return found && { bytes: found.bytes, ...found.facts }
}
