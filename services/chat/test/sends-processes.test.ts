import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { messages } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { ServiceProcess, scale } from '@secureconnect/test/helpers'
import { createDatabase } from '@secureconnect/test/stack'
import { listEvents } from '../src/stores/conversation-log.ts'
import { createRoom } from './create-room.ts'
import { call, createPerson, createServerEnv, onServers, startChatOn } from './test-chat.ts'

const lostAnswers = new Set(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'])

function isLost(error: unknown): boolean {
  const cause = error instanceof TypeError ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && lostAnswers.has(String(cause.code))
}

test('a thousand sends, each repeated at two processes that are killed meanwhile, are a thousand messages', async (t) => {
  const database = await createDatabase(t)
  const chat = await startChatOn(t, await onServers(database))
  const person = await createPerson(chat)
  const conversationId = await createRoom(chat, [person])
  const env = {
    ...(await createServerEnv(database)),
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    PORT: '0',
    SHED_LOAD: 'false',
    JWT_SECRET: randomBytes(32).toString('base64url'),
  }
  const startProcess = async () => {
    const started = new ServiceProcess('chat-service', env)
    t.after(() => started.child.kill('SIGKILL'))
    await started.listening()
    return started
  }
  const processes = await Promise.all([startProcess(), startProcess()])

  const send = async (clientId: string, attempt: number) => {
    const body = { conversation_id: conversationId, client_id: clientId, content: clientId, message_type: 'text' }
    const address = processes[attempt % 2]?.address ?? ''
    return call({ address }, messages.send, { token: person.token, body }).catch((error) => {
      if (isLost(error)) return undefined
      throw error
    })
  }
  /** As clients do: once more until it is answered; and twice more, as a client does whose answers are lost. */
  const sendThrice = async (clientId: string) => {
    const ids = new Set<string>()
    let answers = 0
    for (let attempt = 0; answers < 3; attempt++) {
      const answer = await send(clientId, attempt)
      if (answer?.status !== 201) continue
      answers += 1
      ids.add(answer.data.message_id)
    }
    assert.equal(ids.size, 1)
  }

  const count = scale(1_000, 100)
  const clientIds = Array.from({ length: count }, () => newId())
  let done = 0
  const waiting = [...clientIds]
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      await sendThrice(next)
      done += 1
      // One process dies after a third and the other after two; each comes back at another address.
      const victim = [Math.floor(count / 3), Math.floor((2 * count) / 3)].indexOf(done)
      if (victim === -1) continue
      processes[victim]?.child.kill('SIGKILL')
      processes[victim] = await startProcess()
    }
  }
  await Promise.all(Array.from({ length: 16 }, work))

  const events = await listEvents(chat.context.sql, { conversationId, afterSeq: 0, rows: count * 3 })
  assert.deepEqual(
    events.map(({ seq }) => seq),
    Array.from({ length: count }, (_, index) => index + 1),
  )
  assert.deepEqual(new Set(events.map(({ content }) => content)), new Set(clientIds))
})
