import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import {
  calls,
  commits,
  conversations,
  devices,
  files,
  messages,
  polls,
  reactions,
  search,
} from '@secureconnect/protocol'
import { newId } from '@secureconnect/sql'
import * as storageService from '@secureconnect/storage-service'
import { describeStream, TestPeer } from '@secureconnect/video-service/testing'
import { until } from '../helpers/index.ts'
import { call, onServers, type Person, shareInSuite, startOn } from '../services/index.ts'
import { act, type Calling, converse, dial, startCalling } from './ringing.ts'

type Cleanup = { after: (work: () => unknown) => void }

const sealed = () => randomBytes(60).toString('base64')
/** What somebody said before the conversation was encrypted. */
const before = 'heliotrope'

async function startAll(t: Cleanup) {
  const calling = await startCalling(t)
  const platform = await onServers(calling.database)
  return { ...calling, storage: await startOn(t, storageService, { platform }) }
}

type Everything = Awaited<ReturnType<typeof startAll>>

const say = ({ chat }: Calling, { token }: Person, body: object) => call(chat, messages.send, { token, body })

const configure = ({ chat }: Calling, { token }: Person, conversation_id: string, body: object) =>
  call(chat, conversations.updateSettings, { token, params: { conversation_id }, body })

/** A file of somebody's, as storage-service has it once its bytes are there. */
async function createFile({ video }: Calling, { userId }: Person, isEncrypted: boolean): Promise<string> {
  const id = newId()
  await video.context.sql.execute`
    insert into files (file_id, owner_id, is_encrypted) values (${id}, ${userId}, ${isEncrypted})`
  return id
}

/** Has a conversation be encrypted, and agree on its first keys. */
async function encrypt(all: Everything, ada: Person, conversation_id: string) {
  const { chat } = all
  const { token } = ada
  assert.equal((await configure(all, ada, conversation_id, { is_e2ee_enabled: true })).status, 200)
  await call(chat, devices.register, { token, body: { name: 'phone' } })
  const body = { client_id: randomUUID(), group_epoch: 0, commit: sealed(), group_info: sealed() }
  assert.equal((await call(chat, commits.create, { token, params: { conversation_id }, body })).status, 201)
}

/** Two people in a conversation in which something was said, and a poll begun, before it was encrypted. */
async function createScene(all: Everything) {
  const [ada, bob] = [await all.createOne(), await all.createOne()]
  const conversation_id = await converse(all, ada, [bob])
  const plain = { conversation_id, content: before, message_type: 'text' }
  const said = (await say(all, ada, plain)).data.message_id
  const asked = {
    conversation_id,
    question: 'When?',
    options: ['Now', 'Never'],
    poll_type: 'single',
    allow_vote_change: true,
  } as const
  const poll = (await call(all.chat, polls.create, { token: ada.token, body: asked })).data
  await encrypt(all, ada, conversation_id)
  const secret = { conversation_id, content: sealed(), message_type: 'text', is_encrypted: true, group_epoch: 1 }
  const { message_id } = (await say(all, ada, secret)).data
  return { ada, bob, conversation_id, said, poll, plain, secret, message_id }
}

type Scene = Awaited<ReturnType<typeof createScene>> & { all: Everything; file: { plain: string; sealed: string } }
type Answered = Promise<{ status: number; code: string | undefined }>

const edit = ({ all, ada }: Scene, message_id: string, body: object) =>
  call(all.chat, messages.edit, { token: ada.token, params: { message_id }, body })
const announce = ({ all, ada, conversation_id }: Scene, body: object) =>
  call(all.storage, files.beginUpload, {
    token: ada.token,
    body: { conversation_id, file_name: 'a.bin', file_size: 9, content_type: 'application/octet-stream', ...body },
  })

/** All by which something plain could come into an encrypted conversation, and how that is refused. */
const refusals: Readonly<Record<string, [code: string, ask: (scene: Scene) => Answered]>> = {
  'a plain message': ['E2EE_REQUIRED', ({ all, ada, plain }) => say(all, ada, plain)],
  'words in an encrypted message': [
    'VALIDATION_ERROR',
    ({ all, ada, secret }) => say(all, ada, { ...secret, content: 'plain words' }),
  ],
  'metadata beside an encrypted message': [
    'VALIDATION_ERROR',
    ({ all, ada, secret }) => say(all, ada, { ...secret, metadata: { place: 'home' } }),
  ],
  'a plain file in an encrypted message': [
    'E2EE_REQUIRED',
    ({ all, ada, secret, file }) => say(all, ada, { ...secret, message_type: 'file', file_ids: [file.plain] }),
  ],
  'a plain file beside an encrypted one': [
    'E2EE_REQUIRED',
    ({ all, ada, secret, file }) => say(all, ada, { ...secret, file_ids: [file.sealed, file.plain] }),
  ],
  'a plain edit': [
    'VALIDATION_ERROR',
    (scene) => edit(scene, scene.message_id, { content: 'plain words', group_epoch: 1 }),
  ],
  'an edit of what was plain before': ['E2EE_REQUIRED', (scene) => edit(scene, scene.said, { content: 'More' })],
  'a plain message forwarded here': [
    'E2EE_REQUIRED',
    ({ all, ada, said, conversation_id }) =>
      call(all.chat, messages.forward, { token: ada.token, body: { message_id: said, conversation_id } }),
  ],
  'a poll': [
    'E2EE_REQUIRED',
    ({ all, ada, conversation_id }) => {
      const body = {
        conversation_id,
        question: 'Why?',
        options: ['A', 'B'],
        poll_type: 'single',
        allow_vote_change: true,
      } as const
      return call(all.chat, polls.create, { token: ada.token, body })
    },
  ],
  'a vote in a poll from before': [
    'E2EE_REQUIRED',
    ({ all, ada, poll }) => {
      const option_ids = poll.options.slice(0, 1).map(({ option_id }) => option_id)
      return call(all.chat, polls.vote, { token: ada.token, body: { poll_id: poll.poll_id, option_ids } })
    },
  ],
  'a reaction': [
    'E2EE_REQUIRED',
    ({ all, ada, message_id }) =>
      call(all.chat, reactions.add, { token: ada.token, params: { message_id, emoji: '👍' } }),
  ],
  'a plain upload': ['E2EE_REQUIRED', (scene) => announce(scene, {})],
  'an encrypted upload that tells its type': [
    'VALIDATION_ERROR',
    (scene) => announce(scene, { is_encrypted: true, content_type: 'image/png' }),
  ],
  'the end of encryption': [
    'CONFLICT',
    ({ all, ada, conversation_id }) => configure(all, ada, conversation_id, { is_e2ee_enabled: false }),
  ],
  'somebody added without keys': [
    'E2EE_REQUIRED',
    async ({ all, ada }) => {
      const body = { type: 'group', participant_ids: [], is_e2ee_enabled: true } as const
      const { conversation_id } = (await call(all.chat, conversations.create, { token: ada.token, body })).data
      const user_ids = [(await all.createOne()).userId]
      return call(all.chat, conversations.addParticipants, {
        token: ada.token,
        params: { conversation_id },
        body: { user_ids },
      })
    },
  ],
}

suite('once a conversation is encrypted', () => {
  const shared = shareInSuite(startAll)

  test('nothing plain comes into it, by whatever way', async () => {
    const all = shared()
    const scene = await createScene(all)
    const [plain, encrypted] = [await createFile(all, scene.ada, false), await createFile(all, scene.ada, true)]
    const told = Object.entries(refusals).map(async ([name, [, ask]]) => {
      const { code, status } = await ask({ all, ...scene, file: { plain, sealed: encrypted } })
      return [name, code ?? `answered ${status}`]
    })
    const expected = Object.entries(refusals).map(([name, [code]]) => [name, code])
    assert.deepEqual(await Promise.all(told), expected)
    const { ada, secret } = scene
    assert.equal((await say(all, ada, { ...secret, message_type: 'file', file_ids: [encrypted] })).status, 201)
  })

  test('nothing of it is found, not even what was said before, and to begin it anew does not make it plain', async () => {
    const all = shared()
    const { ada, bob, conversation_id } = await createScene(all)
    const { token } = ada
    await until('what was plain is found no more', async () => {
      const { data } = await call(all.chat, search.searchMessages, { token, query: { q: before } })
      return data.hits.length === 0 && data.encrypted_excluded === 1
    })
    const body = { type: 'direct', participant_ids: [bob.userId], is_e2ee_enabled: false } as const
    const again = (await call(all.chat, conversations.create, { token, body })).data
    assert.deepEqual([again.conversation_id, again.is_e2ee_enabled], [conversation_id, true])
  })

  test('in its calls nothing plain is published or told, and nobody is recorded', async (t) => {
    const all = shared()
    const { ada, bob, conversation_id } = await createScene(all)
    const call_id = await dial(all, ada, conversation_id)
    const [host, guest] = [
      await TestPeer.join(t, all.video, ada, { callId: call_id }),
      await TestPeer.join(t, all.video, bob, { callId: call_id }),
    ]
    assert.equal(host.joined?.call.is_encrypted, true)
    const publishing = { transport_id: await host.connect('send'), kind: 'audio', source: 'mic' } as const
    const microphone = { ...publishing, rtp_parameters: describeStream('audio', 7) }
    const { socket } = host
    assert.equal(await socket.refusal('produce', microphone), 'E2EE_REQUIRED')
    assert.equal(await socket.refusal('produce', { ...microphone, is_encrypted: false }), 'E2EE_REQUIRED')
    assert.equal(await socket.refusal('data.send', { data: 'words' }), 'E2EE_REQUIRED')
    assert.equal(await socket.refusal('recording.start', {}), 'E2EE_REQUIRED')
    await socket.ask('produce', { ...microphone, is_encrypted: true })
    await socket.ask('data.send', { data: sealed(), is_encrypted: true })
    assert.equal((await guest.socket.nextOf('data')).is_encrypted, true)
    await act(all, 'end', ada, call_id)
  })

  test('and while a plain call goes on in it, a conversation does not become encrypted', async () => {
    const all = shared()
    const [ada, bob] = [await all.createOne(), await all.createOne()]
    const conversation_id = await converse(all, ada, [bob])
    const call_id = await dial(all, ada, conversation_id)
    const turnOn = () => configure(all, ada, conversation_id, { is_e2ee_enabled: true })
    assert.equal((await turnOn()).code, 'CONFLICT')
    await act(all, 'cancel', ada, call_id)
    assert.equal((await turnOn()).status, 200)
    // A call that begins at that moment is either known to it, or encrypted itself.
    const other = await converse(all, bob, [await all.createOne()])
    const [begun, turned] = await Promise.all([
      call(all.video, calls.initiate, { token: bob.token, body: { conversation_id: other, call_type: 'audio' } }),
      configure(all, bob, other, { is_e2ee_enabled: true }),
    ])
    assert.equal(begun.data.is_encrypted, turned.status === 200)
  })
})
