import { signal } from '@preact/signals'
import type { Message } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { attempt } from '../../controls/attempt.ts'

export type Pin = Awaited<ReturnType<typeof client.rest.pins.list>>['pins'][number]

/** By conversation, the latest pin first. */
const known = signal<ReadonlyMap<string, readonly Pin[]>>(new Map())

function put(conversationId: string, pins: readonly Pin[]): void {
  known.value = new Map(known.value).set(conversationId, pins)
}

export function pinsOf(conversationId: string): readonly Pin[] {
  return known.value.get(conversationId) ?? []
}

export async function loadPins(conversation_id: string): Promise<void> {
  put(conversation_id, (await client.rest.pins.list({ conversation_id })).pins)
}

export function isPinned({ conversation_id, message_id }: Message): boolean {
  return pinsOf(conversation_id).some(({ message }) => message.message_id === message_id)
}

/** Pins a message, or takes the pin away, for everybody in its conversation. */
export function setPin({ message_id, conversation_id }: Message, isWanted: boolean): Promise<boolean> {
  const { add, remove } = client.rest.pins
  return attempt(async () => {
    await (isWanted ? add : remove)({ message_id })
    await loadPins(conversation_id)
  })
}

client.chat.on('event', ({ conversation_id: id, kind, data }) => {
  const pins = known.value.get(id)
  if (!pins) return
  // The event does not tell what the message says.
  if (kind === 'pin.added') loadPins(id).catch(() => undefined)
  if (kind === 'pin.removed' || kind === 'message.deleted') {
    put(
      id,
      pins.filter(({ message }) => message.message_id !== data.message_id),
    )
  }
  if (kind === 'message.edited') {
    const { message_id, content } = data
    put(
      id,
      pins.map((pin) =>
        pin.message.message_id === message_id ? { ...pin, message: { ...pin.message, content } } : pin,
      ),
    )
  }
})

export function forgetPins(): void {
  known.value = new Map()
}
