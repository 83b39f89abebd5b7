import { kept } from '../app/kept.ts'
import { isEncrypted } from '../chat/list/conversations.ts'
import { getDevice } from './own-device.ts'

type Kind = 'draft' | 'edit' | 'attached' | 'unsent'

const prefixOf = (kind: Kind) => `${kind}:`
const toBytes = (text: string) => new TextEncoder().encode(text)

/** What somebody wrote in encrypted conversations and did not send: kept as the rest is, but with the keys of the device. */
export const keptSealed = {
  async list(kind: Kind): Promise<ReadonlyMap<string, string>> {
    const { vault } = await getDevice()
    const prefix = prefixOf(kind)
    const entries = (await vault.list(prefix)).map(async (key) => {
      const bytes = await vault.read(key)
      return [key.slice(prefix.length), new TextDecoder().decode(bytes)] as const
    })
    return new Map(await Promise.all(entries))
  },
  async write(kind: Kind, id: string, text: string): Promise<void> {
    const { vault } = await getDevice()
    await vault.write(new Map([[prefixOf(kind) + id, toBytes(text)]]))
  },
  async remove(kind: Kind, id: string): Promise<void> {
    const { vault } = await getDevice()
    await vault.write(new Map([[prefixOf(kind) + id, undefined]]))
  },
}

/** Where the words and files of a conversation are kept until they are sent. */
export const keptFor = (conversationId: string): Pick<typeof kept, 'list' | 'write' | 'remove'> | typeof keptSealed =>
  isEncrypted(conversationId) ? keptSealed : kept
