import { ApiError, insist, type Message } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { keptSealed } from '../../encryption/kept-sealed.ts'
import type { OpenDevice } from '../../encryption/open-device.ts'
import { getDevice } from '../../encryption/own-device.ts'
import { lookUpConversation } from '../list/conversations.ts'
import type { OwnDraft } from './sending.ts'

/** What a message can hold beside its words: small pictures of files are left out where there is no room for them. */
const mostExtraCharacters = 24_000

/** The part of a message that none but its readers have, beside its words. */
function extrasOf({ metadata, sealedFiles: files }: OwnDraft): Record<string, unknown> {
  if (!files) return { ...metadata }
  const isTooLong = JSON.stringify(files).length > mostExtraCharacters
  return { ...metadata, files: isTooLong ? files.map(({ preview: _, ...file }) => file) : files }
}

/** Whether a device of anybody else is in the group, or nobody else in the conversation. */
async function hasReader({ encryption }: OpenDevice, conversationId: string): Promise<boolean> {
  if (lookUpConversation(conversationId)?.member_count === 1) return true
  const devices = await encryption.listDevices(conversationId)
  return devices.some(({ userId }) => userId !== client.userId)
}

/** Waits until something may be other with people's devices. */
function nextChange({ encryption }: OpenDevice): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const end of ends) end()
      resolve()
    }
    const ends = [
      encryption.on('devices', done),
      encryption.on('changed', done),
      client.chat.on('state', ({ status }) => status === 'open' && done()),
    ]
  })
}

/** Whoever has to wait for longer is told so. */
const mostWaitMs = 60_000

/** Tries until it is done or refused for good, or would have to wait for hours. */
async function insistForNow<T>(work: () => Promise<T>): Promise<T> {
  const isTooLong = (error: unknown) => error instanceof ApiError && (error.retryAfterMs ?? 0) > mostWaitMs
  const done = await insist(() =>
    work().then(
      (value) => ({ value }),
      (error: unknown) => {
        if (isTooLong(error)) return { error }
        throw error
      },
    ),
  )
  if ('error' in done) throw done.error
  return done.value
}

/** Has the group hold the devices of its people, and waits where none of them has any: they could never read it. */
async function awaitReader(device: OpenDevice, conversationId: string, tellWaiting: () => void): Promise<void> {
  while (!(await hasReader(device, conversationId))) {
    const change = nextChange(device)
    await insistForNow(() => device.encryption.settle(conversationId))
    if (await hasReader(device, conversationId)) return
    tellWaiting()
    await change
  }
}

/** Sends what only the devices of a conversation can read. Without a connection it waits for one. */
export async function sendSealed(draft: OwnDraft, tellWaiting: () => void): Promise<Message> {
  const { metadata: _, sealedFiles: __, ...rest } = draft
  const device = await getDevice()
  await awaitReader(device, draft.conversation_id, tellWaiting)
  return insistForNow(() => device.encryption.send({ ...rest, more: extrasOf(draft) }))
}

/** Changes the words of a message, and leaves what goes with them. */
export async function editSealed(message: Message, content: string): Promise<Message> {
  const { encryption } = await getDevice()
  const opened = await encryption.open(message)
  return encryption.edit(message, { content, ...(opened?.more && { more: opened.more }) })
}

/** Keeps what is not sent yet, with the keys of this device: it goes on after the page is loaded again. */
export async function keepUnsent(draft: OwnDraft, refusal?: string): Promise<void> {
  await keptSealed.write('unsent', draft.client_id, JSON.stringify({ draft, refusal }))
}

export async function forgetUnsent({ client_id }: OwnDraft): Promise<void> {
  await keptSealed.remove('unsent', client_id)
}
