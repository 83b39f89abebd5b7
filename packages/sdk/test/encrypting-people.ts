import { createMemoryVault, type Fault, startEncryption, type Vault } from '../src/encryption/index.ts'
import { type Client, createClient, type EventFrame, type Message } from '../src/index.ts'
import { nextOf } from './fake-session.ts'
import { newPerson } from './system.ts'

type Cleanup = { after: (work: () => unknown) => void }

type Starting = { client: Client; person: ReturnType<typeof newPerson>; vault: Vault }

/** Makes somebody a device, and opens his chat; `hear` waits for the next messages and tells what they say. */
async function start(t: Cleanup, { client, person, vault }: Starting) {
  t.after(() => client.close())
  if (client.userId === undefined) await client.register(person)
  const encryption = await startEncryption(client, { vault, deviceName: 'laptop' })
  t.after(() => encryption[Symbol.dispose]())
  const faults: Fault[] = []
  encryption.on('fault', (fault) => faults.push(fault))
  const messages: Message[] = []
  client.chat.on('event', (event: EventFrame) => event.kind === 'message.created' && messages.push(event.data))
  await client.chat.open()
  const hear = async (id: string, count: number) => {
    const listHeard = () => messages.filter(({ conversation_id }) => conversation_id === id)
    while (listHeard().length < count) await nextOf(client.chat, 'event')
    return Promise.all(listHeard().map(async (message) => (await encryption.open(message))?.content))
  }
  return { client, encryption, person, vault, faults, messages, hear, userId: String(client.userId) }
}

type Someone = Awaited<ReturnType<typeof start>>

/** Has people use a system: new ones, and those who are there on another device. */
export function inviteTo(address: string) {
  return {
    start: (
      t: Cleanup,
      { client = createClient({ address }), person = newPerson(), vault = createMemoryVault() }: Partial<Starting> = {},
    ) => start(t, { client, person, vault }),
    async startAnother(t: Cleanup, { person }: Someone, vault: Vault = createMemoryVault()) {
      const client = createClient({ address })
      await client.signIn({ username: person.username, password: person.password })
      return start(t, { client, person, vault })
    },
  }
}

export async function createGroup(owner: Someone, others: readonly Someone[]): Promise<string> {
  const { conversation_id } = await owner.client.rest.conversations.create({
    type: 'group',
    title: 'Harbour',
    participant_ids: others.map(({ userId }) => userId),
    is_e2ee_enabled: true,
  })
  for (const { client } of [owner, ...others]) await client.chat.subscribe({ [conversation_id]: null })
  return conversation_id
}

export const textOf = (conversation_id: string, content: string) =>
  ({ conversation_id, content, message_type: 'text' }) as const

/** Done once a device is in the group of a conversation. */
export async function comeIn({ encryption }: Someone, id: string): Promise<void> {
  for (;;) {
    const change = new Promise<void>((done) => {
      const stop = encryption.on('changed', () => {
        stop()
        done()
      })
    })
    if ((await encryption.listDevices(id)).length > 0) return
    await change
  }
}
