import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { limits } from '@secureconnect/protocol'
import { ApiError, type Client, createClient, type EventFrame } from '../src/index.ts'
import { openFileStorage } from '../src/node.ts'
import { startBreakableLine } from './breakable-line.ts'
import { nextOf } from './fake-session.ts'
import { createFolder, newPerson, signUp, startSystem } from './system.ts'

const address = await startSystem({ after })
const text = (content: string) => ({ content, message_type: 'text' }) as const

/** What somebody hears of new messages, by their texts. */
function listen({ chat }: Client) {
  const heard: string[] = []
  const seqs: number[] = []
  chat.on('event', (event: EventFrame) => {
    seqs.push(event.seq)
    if (event.kind === 'message.created') heard.push(String(event.data.content))
  })
  const hear = async (count: number) => {
    while (heard.length < count) await nextOf(chat, 'event')
    return heard
  }
  return { hear, seqs }
}

/** Two people in one conversation, both connected, both following it; Ada's line can be broken. */
async function meet(t: TestContext) {
  const line = await startBreakableLine(t, address)
  const [ada, bob] = [await signUp(t, line.address), await signUp(t, address)]
  const participant_ids = [String(bob.userId)]
  const { conversation_id } = await ada.rest.conversations.create({ type: 'direct', participant_ids })
  for (const { chat } of [ada, bob]) {
    await chat.open()
    await chat.subscribe({ [conversation_id]: null })
  }
  return { line, ada, bob, conversation_id }
}

test('two people talk, and both hear the same in the same order', async (t) => {
  const { ada, bob, conversation_id } = await meet(t)
  const [adaHears, bobHears] = [listen(ada), listen(bob)]
  const sent = await ada.chat.send({ conversation_id, ...text('hello') })
  assert.equal(sent.sender_id, ada.userId)
  await bob.chat.send({ conversation_id, ...text('hi') })
  assert.deepEqual(await adaHears.hear(2), ['hello', 'hi'])
  assert.deepEqual(await bobHears.hear(2), ['hello', 'hi'])
  const { messages } = await bob.rest.messages.list({ conversation_id })
  assert.deepEqual(
    messages.map(({ content }) => content),
    ['hi', 'hello'],
  )
})

test('an edit, a deletion, a receipt and typing reach the other one', async (t) => {
  const { ada, bob, conversation_id } = await meet(t)
  const { message_id, seq } = await ada.chat.send({ conversation_id, ...text('helo') })
  const kinds: string[] = []
  bob.chat.on('event', ({ kind }) => kinds.push(kind))
  await ada.chat.ask('message.edit', { message_id, content: 'hello' })
  await ada.chat.ask('message.delete', { message_id })
  while (!kinds.includes('message.deleted')) await nextOf(bob.chat, 'event')
  assert.deepEqual(kinds.slice(-2), ['message.edited', 'message.deleted'])
  const receipt = nextOf(ada.chat, 'receipt')
  await bob.chat.ask('read', { conversation_id, seq })
  assert.deepEqual((await receipt).receipts, [{ user_id: bob.userId, delivered_seq: seq, read_seq: seq }])
  const typing = nextOf(bob.chat, 'typing')
  ada.chat.tell('typing', { conversation_id, is_typing: true })
  assert.deepEqual(await typing, { type: 'typing', conversation_id, user_id: ada.userId, is_typing: true })
})

test('through a line that breaks again and again, everything said arrives once, in order, both ways', async (t) => {
  const { line, ada, bob, conversation_id } = await meet(t)
  const [adaHears, bobHears] = [listen(ada), listen(bob)]
  const sends: Promise<unknown>[] = []
  for (let round = 0; round < 4; round += 1) {
    line.setDown(true)
    for (const person of [ada, bob]) {
      for (let n = 0; n < 3; n += 1) {
        const name = person === ada ? 'ada' : 'bob'
        sends.push(person.chat.send({ conversation_id, ...text(`${name} ${round}.${n}`) }))
      }
    }
    const open = new Promise<void>((done) => {
      const stop = ada.chat.on('state', ({ status }) => {
        if (status !== 'open') return
        stop()
        done()
      })
    })
    line.setDown(false)
    await open
  }
  await Promise.all(sends)
  const [adaHeard, bobHeard] = [await adaHears.hear(24), await bobHears.hear(24)]
  assert.deepEqual(adaHeard, bobHeard)
  assert.equal(new Set(adaHeard).size, 24)
  for (const name of ['ada', 'bob']) {
    const own = adaHeard.filter((content) => content.startsWith(name))
    assert.deepEqual(own, own.toSorted())
  }
  assert.deepEqual(
    adaHears.seqs,
    adaHears.seqs.map((_, index) => (adaHears.seqs[0] ?? 0) + index),
  )
})

test('what was said while a chat was closed comes when it is opened again, and by positions to another device', async (t) => {
  const { ada, bob, conversation_id } = await meet(t)
  const before = bob.chat.positions
  const bobHears = listen(bob)
  bob.chat.close()
  for (const content of ['one', 'two']) await ada.chat.send({ conversation_id, ...text(content) })
  await bob.chat.open()
  assert.deepEqual(await bobHears.hear(2), ['one', 'two'])
  bob.chat.close()
  await bob.chat.open()
  await bob.chat.subscribe(before)
  assert.equal(bob.chat.positions[conversation_id]?.seq, ada.chat.positions[conversation_id]?.seq)
})

test('who is added to a group hears what is said in it from then on', async (t) => {
  const [ada, bob] = [await signUp(t, address), await signUp(t, address)]
  await bob.chat.open()
  const { conversation_id } = await ada.rest.conversations.create({
    type: 'group',
    title: 'Harbour',
    participant_ids: [],
  })
  const added = nextOf(bob.chat, 'conversation.added')
  await ada.rest.conversations.addParticipants({ conversation_id, user_ids: [String(bob.userId)] })
  assert.equal((await added).conversation_id, conversation_id)
  const heard = nextOf(bob.chat, 'event')
  await ada.rest.messages.send({ conversation_id, ...text('welcome') })
  assert.equal((await heard).kind, 'message.created')
  const removed = nextOf(bob.chat, 'conversation.removed')
  await ada.rest.conversations.removeParticipant({ conversation_id, user_id: String(bob.userId) })
  await removed
  assert.deepEqual(await bob.chat.subscribe({ [conversation_id]: null }), {
    subscribed: {},
    not_found: [conversation_id],
  })
})

test('the same client id over REST and socket is one message', async (t) => {
  const { ada, conversation_id } = await meet(t)
  const draft = { conversation_id, ...text('once'), client_id: 'my-own-1' }
  const [first, second] = [await ada.chat.send(draft), await ada.rest.messages.send(draft)]
  assert.equal(first.message_id, second.message_id)
  const other = ada.chat.send({ ...draft, content: 'twice' })
  await assert.rejects(other, (error: unknown) => error instanceof ApiError && error.code === 'IDEMPOTENCY_MISMATCH')
})

test('a message that is too large for a frame goes by REST, and nobody notices', async (t) => {
  const { ada, bob, conversation_id } = await meet(t)
  const bobHears = listen(bob)
  const content = '🌊'.repeat(limits.messageCharacters)
  const quotes = '"'.repeat(limits.metadata.valueBytes)
  const metadata = Object.fromEntries(Array.from({ length: limits.metadata.keys }, (_, key) => [`k${key}`, quotes]))
  const sent = await ada.chat.send({ conversation_id, ...text(content), metadata })
  assert.equal(sent.content, content)
  assert.deepEqual(await bobHears.hear(1), [content])
})

test('a message that was written without a line survives kill -9 and is sent by the next process, once', async (t) => {
  const folder = createFolder(t)
  const storage = await openFileStorage(folder)
  const [ada, bob] = [createClient({ address, storage }), await signUp(t, address)]
  await ada.register(newPerson())
  const { conversation_id } = await ada.rest.conversations.create({
    type: 'direct',
    participant_ids: [String(bob.userId)],
  })
  const script = join(import.meta.dirname, 'write-offline.ts')
  const child = spawn(process.execPath, [script, folder, conversation_id], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'close')
  using next = createClient({ address, storage: await openFileStorage(folder) })
  assert.ok(await next.restore())
  const sent: string[] = []
  next.chat.on('sent', ({ content }) => sent.push(String(content)))
  await next.chat.open()
  while (sent.length < 3) await nextOf(next.chat, 'sent')
  const { messages } = await bob.rest.messages.list({ conversation_id })
  assert.deepEqual(
    messages.map(({ content }) => content),
    ['three', 'two', 'one'],
  )
  assert.deepEqual(await next.chat.listUnsent(), [])
})

test('who was away hears of the group he was added to, the one he was removed from, and what is new in another', async (t) => {
  const line = await startBreakableLine(t, address)
  const person = newPerson()
  const [ada, phone, bob] = [
    createClient({ address: line.address }),
    createClient({ address }),
    await signUp(t, address),
  ]
  for (const client of [ada, phone]) t.after(() => client.close())
  await ada.register(person)
  // Her other device is there all the time, so that what is for her counts as told.
  await phone.signIn({ email: person.email, password: person.password })
  for (const { chat } of [ada, phone]) await chat.open()
  const create = (title: string, people: Client[]) =>
    bob.rest.conversations.create({ type: 'group', title, participant_ids: people.map(({ userId }) => String(userId)) })
  const [lost, quiet] = [await create('Lost', [ada]), await create('Quiet', [ada])]
  while (!(lost.conversation_id in ada.chat.positions)) await nextOf(ada.chat, 'conversation.added')
  while (!(quiet.conversation_id in ada.chat.positions)) await nextOf(ada.chat, 'conversation.added')

  const away = nextOf(ada.chat, 'state')
  line.setDown(true)
  await away
  const told = { added: [] as string[], removed: [] as string[], unread: new Map<string, number>() }
  ada.chat.on('conversation.added', ({ conversation_id }) => told.added.push(conversation_id))
  ada.chat.on('conversation.removed', ({ conversation_id }) => told.removed.push(conversation_id))
  ada.chat.on('conversation.changed', (one) => told.unread.set(one.conversation_id, one.unread_count))
  const found = await create('Found', [ada])
  await bob.rest.conversations.removeParticipant({ ...lost, user_id: String(ada.userId) })
  for (const { conversation_id } of [found, quiet]) {
    await bob.rest.messages.send({ conversation_id, ...text('are you there?') })
  }
  const adaHears = listen(ada)
  line.setDown(false)
  while (told.added.length < 1 || told.removed.length < 1) await nextOf(ada.chat, 'conversation.changed')
  assert.deepEqual(told.added, [found.conversation_id])
  assert.deepEqual(told.removed, [lost.conversation_id])
  assert.equal(told.unread.get(quiet.conversation_id), 1)
  await bob.rest.messages.send({ conversation_id: found.conversation_id, ...text('welcome') })
  assert.deepEqual((await adaHears.hear(2)).toSorted(), ['are you there?', 'welcome'])
})
