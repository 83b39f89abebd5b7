import type { Device, Group } from '@secureconnect/e2ee/groups'
import type { Message } from '@secureconnect/protocol'
import { createClientId, type Draft, type Unsent } from '../chat/send-queue.ts'
import { ApiError } from '../errors.ts'
import { bindEdit, bindMessage } from './bindings.ts'
import type { Changer } from './change-group.ts'
import type { Doubts } from './doubts.ts'
import type { GroupStore } from './group-store.ts'
import type { KeptTexts } from './kept-texts.ts'
import type { Needed } from './needs.ts'
import type { Rotation } from './rotation.ts'
import { textOf } from './text-places.ts'
import { dropText, findText, noteText, type Plain, sealText } from './texts.ts'

/** A message as its author wrote it. */
export type PlainDraft = Omit<Draft, 'content' | 'metadata' | 'is_encrypted' | 'group_epoch'> & Plain

type Sending = Pick<Needed, 'client'> & {
  texts: KeptTexts
  device: Device
  store: GroupStore
  changer: Changer
  rotation: Rotation
  doubts: Doubts
}

const attempts = 5

function isOutdated(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'EPOCH_CONFLICT'
}

/** Sends what only the devices of a group can read. Where that cannot be, nothing is sent. */
export function createSending({ client, texts, device, store, changer, rotation, doubts }: Sending) {
  async function prepare(conversationId: string, isRefused: boolean): Promise<Group> {
    const group = await store.find(conversationId)
    const isDue = await rotation.isDue(conversationId)
    if (group && !isDue && !isRefused && !doubts.isStale(conversationId)) return group
    return doubts.settleBy(conversationId, () => changer.settle(conversationId, {}, isDue))
  }

  /** Seals in the conversation's order, with keys that are kept as used before the text goes anywhere. */
  function seal(conversationId: string, { plain, binding }: { plain: Plain; binding: string[] }, isRefused: boolean) {
    return store.run(conversationId, async () => {
      const group = await prepare(conversationId, isRefused)
      const sealed = await sealText(texts, group, { conversationId, plain, binding, sender: device })
      const counted = await rotation.count(conversationId, sealed.epoch)
      await store.keep(conversationId, sealed.group, new Map([...sealed.changes, ...counted]))
      return { content: sealed.ciphertext, group_epoch: sealed.epoch }
    })
  }

  type Text = { conversationId: string; plain: Plain; binding: string[] }

  /** Sends with the keys of now; where they were others by then, seals it anew. */
  async function insistOn(text: Text, send: (sealed: { content: string; group_epoch: number }) => Promise<Message>) {
    for (let attempt = 1; ; attempt += 1) {
      const sealed = await seal(text.conversationId, text, attempt > 1)
      const named = { ...text, ciphertext: sealed.content }
      try {
        const message = await send(sealed)
        await noteText(texts, named, textOf(message))
        return message
      } catch (error) {
        if (!isOutdated(error) || attempt >= attempts) throw error
        await dropText(texts, named)
      }
    }
  }

  /** What is on its way from here: whoever sent it hears what becomes of it. */
  const underWay = new Set<string>()

  async function send({ content, more, ...draft }: PlainDraft): Promise<Message> {
    const named = { ...draft, client_id: draft.client_id ?? createClientId() }
    const binding = bindMessage(device.userId, named)
    const text = { conversationId: draft.conversation_id, plain: { content, ...(more && { more }) }, binding }
    underWay.add(named.client_id)
    try {
      return await insistOn(text, (sealed) => client.chat.send({ ...named, ...sealed, is_encrypted: true }))
    } finally {
      underWay.delete(named.client_id)
    }
  }

  return {
    send,
    /** Sends anew what an earlier page had sealed with keys that are not those of now. */
    async sendAgain({ draft, error }: Unsent): Promise<void> {
      const { content: ciphertext, conversation_id: conversationId, group_epoch: _, is_encrypted, ...same } = draft
      if (!is_encrypted || !isOutdated(error) || underWay.has(draft.client_id)) return
      const named = { conversationId, ciphertext, binding: bindMessage(device.userId, draft) }
      const text = await findText(texts, named)
      if (!text || text === 'gone') return
      const { sender: __, ...plain } = text
      await send({ ...same, ...plain, conversation_id: conversationId })
      await dropText(texts, named)
    },
    edit(
      { conversation_id, message_id }: Pick<Message, 'conversation_id' | 'message_id'>,
      plain: Plain,
    ): Promise<Message> {
      const text = { conversationId: conversation_id, plain, binding: bindEdit(message_id) }
      return insistOn(text, (sealed) => client.chat.ask('message.edit', { message_id, ...sealed }))
    },
  }
}
