import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { fileCheckTopic } from '@secureconnect/directory'
import { conversations, messages } from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import { moveHistoryStart } from '../src/stores/retention.ts'
import { createGroup } from './groups.ts'
import { type Chat, call, createPerson, type Person, shareChat } from './test-chat.ts'
import { until } from './until.ts'

suite('files that messages show', () => {
  const shared = shareChat('postgres')

  /** A group with a message that shows a file of its owner's. */
  async function showFile() {
    const chat = shared()
    const [ada, bob] = [await createPerson(chat), await createPerson(chat)]
    const conversationId = await createGroup(chat, ada, [bob])
    const fileId = newId()
    await chat.context.sql.execute`insert into files (file_id, owner_id) values (${fileId}, ${ada.userId})`
    const sent = await send(chat, ada, conversationId, fileId)
    assert.equal(sent.status, 201)
    return { chat, ada, bob, conversationId, fileId, message: sent.data }
  }

  const send = (chat: Chat, { token }: Person, conversation_id: string, fileId: string) => {
    const body = { conversation_id, content: 'Look', message_type: 'file', file_ids: [fileId] }
    return call(chat, messages.send, { token, body })
  }

  /** Waits until storage-service would hear of a file. */
  async function isChecked({ context: { sql } }: Chat, fileId: string): Promise<boolean> {
    return (await sql.execute`select from outbox where topic = ${fileCheckTopic} and key = ${fileId}`) === 1
  }

  type Shown = Awaited<ReturnType<typeof showFile>>
  const ways: Readonly<Record<string, (shown: Shown) => Promise<unknown>>> = {
    'its message is deleted': ({ chat, ada, message }) =>
      call(chat, messages.delete, { token: ada.token, params: { message_id: message.message_id } }),
    'its conversation keeps it no longer': ({ chat, conversationId, message }) =>
      chat.context.sql.transaction((tx) =>
        moveHistoryStart(tx, { conversationId, afterSeq: 0, throughSeq: message.seq }),
      ),
    'its conversation ends': ({ chat, ada, conversationId }) =>
      call(chat, conversations.delete, { token: ada.token, params: { conversation_id: conversationId } }),
  }
  for (const [what, happen] of Object.entries(ways)) {
    test(`storage-service is asked whether a file is shown elsewhere when ${what}`, async () => {
      const shown = await showFile()
      assert.equal(await isChecked(shown.chat, shown.fileId), false)
      await happen(shown)
      await until('the file is looked after', () => isChecked(shown.chat, shown.fileId))
    })
  }

  test('who sees a file in a message may send it on, and nobody else, even if he names it as his avatar', async () => {
    const { chat, bob, fileId } = await showFile()
    const eve = await createPerson(chat)
    const own = await createGroup(chat, eve, [])
    await chat.context.sql.execute`update users set avatar_file_id = ${fileId} where user_id = ${eve.userId}`
    assert.equal((await send(chat, eve, own, fileId)).code, 'FILE_NOT_FOUND')
    assert.equal((await send(chat, bob, await createGroup(chat, bob, []), fileId)).status, 201)
  })
})
