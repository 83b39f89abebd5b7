import { signal } from '@preact/signals'
import { lifetimes } from '@secureconnect/protocol/constants'
import type { Message } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { kept } from '../../app/kept.ts'
import { explain } from '../../words/explain.ts'
import type { Talk } from '../talk.ts'
import { absenceOf, writtenIn } from './text-of.ts'

/** A message of one's own that is being changed: what was written stays until it is saved or given up. */
export type Edit = { message: Message; text: string; isBusy?: boolean; fault?: string }

/** One at a time. */
export const edit = signal<Edit | undefined>(undefined)

export function mayEdit(message: Message): boolean {
  const { sender_id, created_at, content } = message
  if (sender_id !== client.userId || !content || absenceOf(message) !== undefined) return false
  return Date.now() - Date.parse(created_at) < lifetimes.editMs
}

export function beginEdit(message: Message): void {
  edit.value = { message, text: writtenIn(message) }
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
  void kept.write('edit', conversation_id, JSON.stringify({ message_id, text }))
}

export function giveUpEdit(): void {
  if (edit.value) void kept.remove('edit', edit.value.message.conversation_id)
  edit.value = undefined
}

/** Goes on with what an earlier page had begun to change, where that may be changed still. */
export async function restoreEdit(conversationId: string): Promise<void> {
  const begun = (await kept.list('edit')).get(conversationId)
  if (begun === undefined || edit.value) return
  const { message_id, text }: { message_id: string; text: string } = JSON.parse(begun)
  const message = await client.rest.messages.get({ message_id })
  if (!mayEdit(message)) await kept.remove('edit', conversationId)
  else edit.value ??= { message, text }
}

export async function saveEdit({ timeline }: Talk): Promise<void> {
  const { value: now } = edit
  if (!now || now.isBusy) return
  const { message_id, content: before } = now.message
  const content = now.text.trim()
  if (content === before) return void giveUpEdit()
  edit.value = { message: now.message, text: now.text, isBusy: true }
  try {
    const { content: after, edited_at, metadata } = await client.rest.messages.edit({ message_id, content })
    timeline.change(message_id, (message) => ({ ...message, content: after, edited_at, metadata }))
    giveUpEdit()
  } catch (error) {
    edit.value = { message: now.message, text: now.text, fault: explain(error) }
  }
}
