import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { limits, messages, type SendMessage } from '@secureconnect/protocol'
import { createRoom } from './create-room.ts'
import { call, createPerson, shareChat } from './test-chat.ts'

const { durationMs, waveformBytes } = limits.voice
const bars = (count: number) => Buffer.alloc(count, 7).toString('base64')
const duration_ms = 1_500

suite('voice messages', () => {
  const shared = shareChat('pglite')

  async function startTalk() {
    const chat = shared()
    const { userId, token } = await createPerson(chat)
    const conversation_id = await createRoom(chat, [{ userId }])
    const send = (metadata: SendMessage['metadata'], message_type: SendMessage['message_type'] = 'audio') =>
      call(chat, messages.send, { token, body: { conversation_id, content: 'voice', message_type, metadata } })
    return { chat, token, send }
  }

  test('say how long they last and how loud they are, and everybody reads it as it was sent', async () => {
    const { chat, token, send } = await startTalk()
    for (const metadata of [
      { duration_ms: 1, waveform: bars(1), note: 'hi' },
      { duration_ms: durationMs, waveform: bars(waveformBytes) },
      { duration_ms },
      {},
    ]) {
      const { status, data } = await send(metadata)
      assert.equal(status, 201)
      const { data: read } = await call(chat, messages.get, { token, params: { message_id: data.message_id } })
      assert.deepEqual(read.metadata, metadata)
    }
  })

  test('are refused where nobody could draw or play them, in changes too', async () => {
    const { chat, token, send } = await startTalk()
    const { data } = await send({ duration_ms, waveform: bars(64) })
    for (const metadata of [
      { duration_ms: 0 },
      { duration_ms: -1 },
      { duration_ms: 1.5 },
      { duration_ms: durationMs + 1 },
      { duration_ms: '1500' },
      { duration_ms, waveform: '' },
      { duration_ms, waveform: 'no base64!' },
      { duration_ms, waveform: 7 },
      { duration_ms, waveform: bars(waveformBytes + 1) },
      { waveform: bars(8) },
    ]) {
      assert.equal((await send(metadata)).code, 'VALIDATION_ERROR', JSON.stringify(metadata))
      const edit = { token, params: { message_id: data.message_id }, body: { content: 'voice', metadata } }
      assert.equal((await call(chat, messages.edit, edit)).code, 'VALIDATION_ERROR')
    }
  })

  test('only they: what other messages mean by these words is their clients’ business', async () => {
    const { send } = await startTalk()
    assert.equal((await send({ waveform: 'a sea', duration_ms: 'long' }, 'text')).status, 201)
  })
})
