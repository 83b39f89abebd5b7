import type { Signal } from '@preact/signals'
import { keptFor } from '../../encryption/kept-sealed.ts'

/** Goes on with what somebody had begun to write in a conversation. */
export async function restoreDraft(conversationId: string, text: Signal<string>): Promise<void> {
  // Where the keys of this device are not to be had, there is nothing to go on with.
  const kept = await keptFor(conversationId)
    .list('draft')
    .catch(() => undefined)
  text.value ||= kept?.get(conversationId) ?? ''
}

export async function keepDraft(conversationId: string, text: string): Promise<void> {
  const kept = keptFor(conversationId)
  const keeping = text === '' ? kept.remove('draft', conversationId) : kept.write('draft', conversationId, text)
  await keeping.catch(() => undefined)
}
