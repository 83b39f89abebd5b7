import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { createKdf, createPassphrase, deriveBackupKeys, openBackup, sealBackup } from '@secureconnect/e2ee/backup'
import { type Client, createClient, type Message } from '@secureconnect/sdk'
import { createEncryptedFiles, type EncryptedFile } from '@secureconnect/sdk/encrypted-files'
import { createMemoryVault, type Encryption, startEncryption } from '@secureconnect/sdk/encryption'
import { onlyAtFullSize, until } from '../helpers/index.ts'
import { startCapturedSystem } from './captured-system.ts'
import { newPerson } from './slice.ts'

type Person = { client: Client; encryption: Encryption; userId: string }
type Canaries = ReturnType<typeof createCanaries>

/** What is said and sent, each with words that stand nowhere else. */
function createCanaries(kind: string) {
  const sing = (what: string) => `${kind}-${what}-${randomUUID()}`
  return {
    text: sing('text'),
    edited: sing('edited'),
    fileName: `${sing('file-name')}.txt`,
    fileWords: sing('file-words'),
    caption: sing('caption'),
  }
}

const toFile = ({ fileWords }: Canaries) => new Blob([`${fileWords}\n`.repeat(4_000)], { type: 'text/plain' })

async function enter(t: TestContext, address: string): Promise<Person> {
  const client = createClient({ address })
  t.after(() => client.close())
  await client.register(newPerson())
  const encryption = await startEncryption(client, { vault: createMemoryVault(), deviceName: 'laptop' })
  t.after(() => encryption[Symbol.dispose]())
  await client.chat.open()
  return { client, encryption, userId: String(client.userId) }
}

async function converse([owner, ...others]: readonly [Person, ...Person[]], isSecret: boolean): Promise<string> {
  const { conversation_id } = await owner.client.rest.conversations.create({
    type: 'group',
    title: 'Harbour',
    participant_ids: others.map(({ userId }) => userId),
    is_e2ee_enabled: isSecret,
  })
  for (const { client } of [owner, ...others]) await client.chat.subscribe({ [conversation_id]: null })
  return conversation_id
}

/** Says all of it plainly, as whoever does not encrypt does. */
async function sayPlainly({ client }: Person, conversation_id: string, canaries: Canaries): Promise<void> {
  const { message_id } = await client.chat.send({ conversation_id, content: canaries.text, message_type: 'text' })
  await client.chat.ask('message.edit', { message_id, content: canaries.edited })
  const { file_id } = await client.files.upload({ name: canaries.fileName, bytes: toFile(canaries) })
  const message = { conversation_id, content: canaries.caption, file_ids: [file_id] }
  await client.chat.send({ ...message, message_type: 'file' })
  assert.match(await (await client.files.download(file_id)).text(), new RegExp(canaries.fileWords))
}

/** Says all of it so that only the group reads it, and backs a word up under a passphrase. */
async function saySecretly({ client, encryption, userId }: Person, conversation_id: string, canaries: Canaries) {
  const said = await encryption.send({ conversation_id, content: canaries.text, message_type: 'text' })
  await encryption.edit(said, { content: canaries.edited })
  const bytes = toFile(canaries)
  const file = await createEncryptedFiles(client.files).upload({ name: canaries.fileName, bytes })
  const shown = { conversation_id, content: canaries.caption, file_ids: [file.fileId] }
  await encryption.send({ ...shown, message_type: 'file', more: { file } })
  const passphrase = createPassphrase()
  const keys = await deriveBackupKeys(passphrase, createKdf())
  const backup = await sealBackup(new TextEncoder().encode(canaries.caption), { keys, userId })
  await client.rest.keyBackup.save({ base_version: 0, kdf: keys.kdf, proof: keys.proof, backup })
  return { said, passphrase }
}

const readFile = (more: unknown) => (more as { file: EncryptedFile }).file

/** Reads all of it as another of the group: else nothing would be shown by its being nowhere. */
async function hearAll({ client, encryption }: Person, said: Message, canaries: Canaries): Promise<void> {
  const { conversation_id, message_id } = said
  const { messages } = await client.rest.messages.list({ conversation_id })
  const [shown, edited] = messages
  assert.ok(shown && edited?.message_id === message_id)
  assert.equal((await encryption.open(edited))?.content, canaries.edited)
  const opened = await encryption.open(shown)
  assert.equal(opened?.content, canaries.caption)
  const file = readFile(opened?.more)
  assert.equal(file.name, canaries.fileName)
  const bytes = await createEncryptedFiles(client.files).download(file)
  assert.equal(await bytes.text(), await toFile(canaries).text())
}

async function restoreBackup({ client, userId }: Person, passphrase: string): Promise<string> {
  const { kdf } = await client.rest.keyBackup.get()
  const keys = await deriveBackupKeys(passphrase, kdf)
  const { backup } = await client.rest.keyBackup.open({ proof: keys.proof })
  return new TextDecoder().decode(await openBackup(backup, { keys, userId }))
}

/** Words as they may be written down: as they are, in digits, or as base64 from any of its places. */
function listSpellings(words: string): Buffer[] {
  const shifted = [0, 1, 2].map((offset) => {
    const base64 = Buffer.from(' '.repeat(offset) + words).toString('base64')
    return base64.slice(offset === 0 ? 0 : offset + 1, -4)
  })
  return [words, Buffer.from(words).toString('hex'), ...shifted].map((spelling) => Buffer.from(spelling))
}

/** Where any of the canaries is, by the places of a capture. */
function findCanaries(capture: Readonly<Record<string, Buffer>>, canaries: Readonly<Record<string, string>>) {
  return Object.entries(canaries).flatMap(([name, words]) =>
    Object.entries(capture)
      .filter(([, bytes]) => listSpellings(words).some((spelling) => bytes.includes(spelling)))
      .map(([place]) => `${name} in ${place}`),
  )
}

test(
  'of what three people say and send in an encrypted conversation nothing is stored, logged, passed on or on the line, where all of it is when they say it plainly',
  onlyAtFullSize('it starts five processes on all stores'),
  async (t) => {
    const system = await startCapturedSystem(t)
    const people = [
      await enter(t, system.address),
      await enter(t, system.address),
      await enter(t, system.address),
    ] as const
    const [ada, bob, carol] = people
    const [plain, secret] = [createCanaries('plain'), createCanaries('secret')]
    const [plainId, secretId] = [await converse(people, false), await converse(people, true)]
    await sayPlainly(ada, plainId, plain)
    const { said, passphrase } = await saySecretly(ada, secretId, secret)
    for (const person of [bob, carol]) await hearAll(person, said, secret)
    assert.equal(await restoreBackup(ada, passphrase), secret.caption)
    for (const id of [plainId, secretId])
      await until('both messages are archived', async () => (await system.listArchived([id])).length >= 2)

    const capture = await system.capture([plainId, secretId])
    assert.deepEqual(findCanaries(capture, { ...secret, passphrase }), [])
    const told = findCanaries(capture, plain)
    t.diagnostic(`of the same in plain words: ${told.join(', ')}`)
    const stores = ['the database', 'Redis', 'Cassandra', 'the sockets to the gateway'].map(
      (place) => `caption in ${place}`,
    )
    const ofFile = ['the object store', 'the sockets to the object store'].map((place) => `fileWords in ${place}`)
    const expected = [...stores, ...ofFile]
    assert.deepEqual(
      expected.filter((one) => !told.includes(one)),
      [],
    )
    for (const place of ['the logs', 'the metrics']) assert.ok((capture[place]?.length ?? 0) > 10_000, place)
  },
)
