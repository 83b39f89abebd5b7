import { decrypt, encrypt, type Group, GroupError } from '@secureconnect/e2ee/groups'
import { digestOf } from './digest.ts'
import type { KeptTexts } from './kept-texts.ts'
import type { DevicePlace } from './news.ts'
import type { TextOf } from './text-places.ts'

/** What an encrypted message says; what else belongs to it, such as the keys of its files, is in `more`. */
export type Plain = { content: string; more?: Readonly<Record<string, unknown>> }

/** What a message says, and which device says it. */
export type Opened = Plain & { sender: DevicePlace }

/** What the service tells of a message without being able to read it. */
export type Sealed = {
  conversationId: string
  ciphertext: string
  /** What its sender must have bound it to. */
  binding: readonly string[]
  /** Who the service says sent it; undefined where it does not say. */
  senderId: string | undefined
  of: TextOf
}

type Named = Pick<Sealed, 'conversationId' | 'ciphertext' | 'binding'>

/** A text is found again as what it was read as, and as nothing else. */
const nameText = async ({ conversationId, ciphertext, binding }: Named) =>
  `text:${conversationId}:${await digestOf(JSON.stringify([ciphertext, binding]))}`

const toBytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const fromBytes = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes))

function readPlain(bytes: Uint8Array): Plain {
  const plain: unknown = fromBytes(bytes)
  if (typeof plain === 'object' && plain !== null && 'content' in plain && typeof plain.content === 'string')
    return { ...plain, content: plain.content }
  throw new GroupError('FORGED', 'This message holds nothing that can be shown.')
}

/** What was read before, as what it is: its key is used up, and the vault alone still has it, unless that was too long ago. */
export async function findText(texts: KeptTexts, sealed: Named): Promise<Opened | 'gone' | undefined> {
  const found = await texts.find(await nameText(sealed))
  return found instanceof Uint8Array ? fromBytes(found) : found
}

/** Notes of which message a text is, which its own sender learns with the answer. */
export const noteText = async (texts: KeptTexts, sealed: Named, of: TextOf) => texts.note(await nameText(sealed), of)

/** Gives up what was sealed and not taken. */
export const dropText = async (texts: KeptTexts, sealed: Named) => texts.drop(await nameText(sealed))

/** Opens a message; what it says is to be kept together with the group, whose key for it is used up. */
export async function openText(texts: KeptTexts, group: Group, sealed: Sealed) {
  const opened = await decrypt(group, sealed.ciphertext, sealed.binding)
  const { userId, deviceId } = opened.sender
  const text: Opened = { ...readPlain(opened.plaintext), sender: { userId, deviceId } }
  return { group: opened.group, text, changes: await texts.toChanges(await nameText(sealed), toBytes(text), sealed.of) }
}

type Sealing = { conversationId: string; plain: Plain; binding: readonly string[]; sender: DevicePlace }

/** Seals what is to be sent; its sender could not open it again, so it is kept as read. */
export async function sealText(texts: KeptTexts, group: Group, { conversationId, plain, binding, sender }: Sealing) {
  const sealed = await encrypt(group, { plaintext: toBytes(plain), binding })
  const { userId, deviceId } = sender
  const text: Opened = { ...plain, sender: { userId, deviceId } }
  const key = await nameText({ conversationId, ciphertext: sealed.ciphertext, binding })
  return { ...sealed, changes: await texts.toChanges(key, toBytes(text), { messageId: '', until: 0 }) }
}
