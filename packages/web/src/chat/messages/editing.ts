import { signal } from '@preact/signals'
import { lifetimes } from '@secureconnect/protocol/constants'
import type { Message } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { keptFor } from '../../encryption/kept-sealed.ts'
import { readingWhenOpen, shownOf } from '../../encryption/readings.ts'
import { explain } from '../../words/explain.ts'
import { isEncrypted } from '../list/conversations.ts'
import type { Talk } from '../talk.ts'
import { editSealed } from '../writing/send-sealed.ts'
import { absenceOf, writtenIn } from './text-of.ts'

/** A message of one's own that is being changed: what was written stays until it is saved or given up. */
export type Edit = { message: Message; text: string; isBusy?: boolean; fault?: string }

/** One at a time. */
export const edit = signal<Edit | undefined>(undefined)

export function mayEdit(message: Message): boolean {
  const { sender_id, created_at, content } = message
  if (sender_id !== client.userId || !content || absenceOf(message) !== undefined) return false
  // What was plain before stays as it was.
  if (isEncrypted(message.conversation_id) && !message.is_encrypted) return false
  return Date.now() - Date.parse(created_at) < lifetimes.editMs
}

export function beginEdit(message: Message): void {
  edit.value = { message, text: writtenIn(shownOf(message)) }
}

/** Begins to change what one said last, as far as it is at hand. */
export function editLast({ timeline }: Talk): void {
  const last = timeline.messages.value.findLast(mayEdit)
  if (last) beginEdit(last)
}

/** What was written so far outlives the page, one change a conversation. */
export function changeEdit({ message }: Edit, text: string): void {
  const { conversation_id, message_id } = message
  edit.value = { message, text }
  void keptFor(conversation_id).write('edit', conversation_id, JSON.stringify({ message_id, text }))
}

export function giveUpEdit(): void {
  const { conversation_id } = edit.value?.message ?? {}
  edit.value = undefined
  if (conversation_id) void keptFor(conversation_id).remove('edit', conversation_id)
}

/** Goes on with what an earlier page had begun to change, where that may be changed still. */
export async function restoreEdit(conversationId: string): Promise<void> {
  const begun = (await keptFor(conversationId).list('edit')).get(conversationId)
  if (begun === undefined || edit.value) return
  const { message_id, text }: { message_id: string; text: string } = JSON.parse(begun)
  const message = await client.rest.messages.get({ message_id })
  // One that is not open yet cannot be changed yet.
  if (message.is_encrypted) await readingWhenOpen(message)
  if (!mayEdit(message)) await keptFor(conversationId).remove('edit', conversationId)
  else edit.value ??= { message, text }
}

export async function saveEdit({ timeline }: Talk): Promise<void> {
  const { value: now } = edit
  if (!now || now.isBusy) return
  const { message_id, is_encrypted } = now.message
  const { content: before } = shownOf(now.message)
  const content = now.text.trim()
  if (content === before) return void giveUpEdit()
  edit.value = { message: now.message, text: now.text, isBusy: true }
  try {
    const edited = is_encrypted
      ? await editSealed(now.message, content)
      : await client.rest.messages.edit({ message_id, content })
    const { content: after, edited_at, metadata, group_epoch } = edited
    const facts = { content: after, edited_at, metadata, ...(group_epoch !== undefined && { group_epoch }) }
    timeline.change(message_id, (message) => ({ ...message, ...facts }))
    giveUpEdit()
  } catch (error) {
    edit.value = { message: now.message, text: now.text, fault: explain(error) }
  }
}
