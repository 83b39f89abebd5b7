import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Message as MessageSchema, messages } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { createMigratedDatabase } from '@secureconnect/sql/testing'
import { scale } from '@secureconnect/test/helpers'
import { Compile } from 'typebox/compile'
import { isLost, prepareProcesses } from './chat-process.ts'
import { createRoom } from './create-room.ts'
import { listEvents } from './list-events.ts'
import { call, createPeople, onServers, type Person, startChatOn } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

const Message = Compile(MessageSchema)

/** Below what one person may send at once. */
const sendsEach = 20

type Sending = {
  t: TestContext
  person: Person
  conversationId: string
  clientId: string
  addressOf: (attempt: number) => string
}

/** Sends over REST or a socket of its own, and answers the message's id; undefined where the answer was lost. */
async function attemptSend(sending: Sending, attempt: number): Promise<string | undefined> {
  const { t, person, conversationId, clientId, addressOf } = sending
  const body = {
    conversation_id: conversationId,
    client_id: clientId,
    content: clientId,
    message_type: 'text',
  } as const
  const address = addressOf(attempt)
  if (attempt % 3 === 1) {
    const socket = await TestSocket.open(t, { address }, person).catch(() => undefined)
    const reply = await Promise.race([socket?.request('message.send', body), socket?.closed])
    socket?.end()
    return typeof reply === 'object' && reply.ok ? Message.Parse(reply.data).message_id : undefined
  }
  const answer = await call({ address }, messages.send, { token: person.token, body }).catch((error) => {
    if (isLost(error)) return undefined
    throw error
  })
  return answer?.status === 201 ? answer.data.message_id : undefined
}

/** As clients do: again until it is answered; and twice more, as a client does whose answers are lost. */
async function sendThrice(sending: Sending): Promise<void> {
  const ids: string[] = []
  for (let attempt = 0; ids.length < 3; attempt++) {
    const id = await attemptSend(sending, attempt)
    if (id !== undefined) ids.push(id)
  }
  assert.equal(new Set(ids).size, 1)
}

test('a thousand sends, each repeated at two processes that are killed meanwhile, are a thousand messages', async (t) => {
  const database = await createMigratedDatabase(t)
  const chat = await startChatOn(t, await onServers(database))
  const count = scale(1_000, 100)
  const people = await createPeople(chat, count / sendsEach)
  const conversationId = await createRoom(chat, people)
  const startProcess = await prepareProcesses(t, database)
  const processes = await Promise.all([startProcess(), startProcess()])

  const observers = await Promise.all(people.slice(0, 3).map((one) => TestSocket.open(t, chat, one)))
  for (const observer of observers) await observer.subscribe({ [conversationId]: null })

  let done = 0
  const clientIds: string[] = []
  const sendAll = async (person: Person) => {
    for (let n = 0; n < sendsEach; n++) {
      const clientId = newId()
      clientIds.push(clientId)
      await sendThrice({
        t,
        person,
        conversationId,
        clientId,
        addressOf: (attempt) => processes[attempt % 2]?.address ?? '',
      })
      done += 1
      // One process dies after a third and the other after two; each comes back at another address.
      const victim = [Math.floor(count / 3), Math.floor((2 * count) / 3)].indexOf(done)
      if (victim === -1) continue
      processes[victim]?.child.kill('SIGKILL')
      processes[victim] = await startProcess()
    }
  }
  await Promise.all(people.map(sendAll))

  const events = await listEvents(chat.context.sql, { conversationId })
  assert.deepEqual(
    events.map(({ seq }) => seq),
    Array.from({ length: count }, (_, index) => index + 1),
  )
  assert.deepEqual(new Set(events.map(({ content }) => content)), new Set(clientIds))
  for (const observer of observers) {
    await observer.reach(conversationId, count)
    assert.deepEqual(
      observer.events(conversationId).map(({ data }) => 'content' in data && data.content),
      events.map(({ content }) => content),
    )
  }
})
