import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Client, createClient } from '@secureconnect/sdk'
import { createProcessEnv, startProcess, startProcessSystem } from './processes.ts'
import { newPerson } from './slice.ts'

const hearWithinMs = 60_000

/** Somebody who has signed up, with the texts that reached him. */
async function enter(t: TestContext, address: string) {
  const client = createClient({ address })
  t.after(() => client.close())
  const heard: string[] = []
  client.chat.on('event', ({ kind, data }) => kind === 'message.created' && heard.push(String(data.content)))
  // Nothing here is more than can be replayed: this would be told as a difference instead of awaited for ever.
  client.chat.on('reset', ({ position }) => heard.push(`reset to ${position.seq}`))
  await client.register(newPerson())
  return { client, heard }
}

/** Waits for so many texts, and not for ever: what came by then is told where there are fewer. */
async function hear({ chat }: Client, heard: readonly string[], count: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const look = () => heard.length >= count && resolve()
  const stops = [chat.on('event', look), chat.on('reset', look)]
  const giveUp = setTimeout(() => reject(new Error(`Heard no more than: ${heard.join(', ')}`)), hearWithinMs)
  look()
  await promise
  clearTimeout(giveUp)
  for (const stop of stops) stop()
}

test('two people talk through the gateway while chat-service is killed: each message once, in order, on both sides', async (t) => {
  const env = await createProcessEnv(t)
  const system = await startProcessSystem(t, env)
  const gateway = system['api-gateway'].address
  const [ada, bob] = [await enter(t, gateway), await enter(t, gateway)]
  const participant_ids = [String(bob.client.userId)]
  const { conversation_id } = await ada.client.rest.conversations.create({ type: 'direct', participant_ids })
  for (const { client } of [ada, bob]) {
    await client.chat.open()
    await client.chat.subscribe({ [conversation_id]: null })
  }
  const say = ({ client }: typeof ada, content: string) =>
    client.chat.send({ conversation_id, content, message_type: 'text' })

  await say(ada, 'ada 0')
  const underWay = [1, 2, 3].flatMap((n) => [say(ada, `ada ${n}`), say(bob, `bob ${n}`)])
  const chat = system['chat-service']
  const { port } = new URL(chat.address)
  chat.child.kill('SIGKILL')
  await chat.ended
  const whileAway = [4, 5].flatMap((n) => [say(ada, `ada ${n}`), say(bob, `bob ${n}`)])
  await startProcess(t, 'chat-service', { ...env, PORT: port }).listening()
  await Promise.all([...underWay, ...whileAway])
  for (const { client, heard } of [ada, bob]) await hear(client, heard, 11)

  assert.deepEqual(ada.heard, bob.heard)
  assert.deepEqual(
    ada.heard.filter((text) => text.startsWith('ada')),
    [0, 1, 2, 3, 4, 5].map((n) => `ada ${n}`),
  )
  assert.deepEqual(
    ada.heard.filter((text) => text.startsWith('bob')),
    [1, 2, 3, 4, 5].map((n) => `bob ${n}`),
  )
  const { messages } = await bob.client.rest.messages.list({ conversation_id, limit: 100 })
  assert.deepEqual(messages.map(({ content }) => content).toReversed(), ada.heard)
})
