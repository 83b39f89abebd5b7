import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { TestSocket } from '@secureconnect/chat-service/testing'
import { accounts, calls, conversations, files, messages, type PresenceFrame, sessions } from '@secureconnect/protocol'
import { until } from '@secureconnect/test/helpers'
import { call, type Frame } from '@secureconnect/test/services'
import { TestPeer } from '@secureconnect/video-service/testing'
import { mayStopContainers } from './config.ts'
import { addressIn, type Container, LiveStack } from './live-stack.ts'
import { gateway, Someone } from './someone.ts'

const replicas = { 'auth-service': 2, 'chat-service': 3, 'storage-service': 2 }
const ports = { 'auth-service': 8081, 'chat-service': 8082, 'storage-service': 8084 }
type Scaled = keyof typeof replicas

/** The stack with deploy/compose.scale.yml, or why it is not looked at. */
async function findScaled(): Promise<LiveStack | string> {
  if (!mayStopContainers) return 'kills a container, so only with STOP_CONTAINERS=yes'
  const found = await LiveStack.find()
  if (typeof found === 'string') return found
  return (await found.replicas('chat-service')).length >= 3 ? found : 'the stack is not scaled out'
}

const found = await findScaled()
const skip = typeof found === 'string' && found
const messagesSent = 60
/** Until the end of a session, or of a presence, is known everywhere. */
const knownMs = 15_000

function stack(): LiveStack {
  assert.ok(typeof found !== 'string')
  return found
}

async function listAddresses(service: Scaled): Promise<{ address: string }[]> {
  return (await stack().replicas(service)).map((one) => addressIn(one, ports[service]))
}

function readStatuses(frame: Frame): Record<string, string> {
  const { presence } = frame as unknown as PresenceFrame
  return Object.fromEntries(presence.map(({ user_id, status }) => [user_id, status]))
}

suite('several of each service behind one gateway', { skip }, () => {
  let people: [Someone, Someone, Someone]
  let group: string
  let chats: Container[]
  const chatAt = (index: number) =>
    addressIn(chats[index] ?? assert.fail('a replica is missing'), ports['chat-service'])
  const send = (person: Someone, content: string) => {
    const body = { conversation_id: group, content, message_type: 'text' } as const
    return call(gateway, messages.send, { token: person.token, body })
  }

  before(async () => {
    await stack().well()
    people = [await Someone.signUp(), await Someone.signUp(), await Someone.signUp()]
    const [ada, ...others] = people
    const body = { type: 'group', title: 'Harbour', participant_ids: others.map(({ userId }) => userId) }
    group = (await call(gateway, conversations.create, { token: ada.token, body })).data.conversation_id
    chats = await stack().replicas('chat-service')
  })

  test('there are as many as are asked for', async () => {
    for (const service of Object.keys(replicas) as Scaled[])
      assert.equal((await stack().replicas(service)).length, replicas[service], service)
  })

  test('people at three processes get every message, once and in the same order', async (t) => {
    const sockets = await Promise.all(people.map((person, index) => TestSocket.open(t, chatAt(index), person)))
    for (const socket of sockets) await socket.subscribe({ [group]: null })
    const sent = await Promise.all(
      Array.from({ length: messagesSent }, (_, n) => send(people[n % 3] ?? people[0], `${n}`)),
    )
    const seqs = sent.map(({ data }) => data.seq).toSorted((a, b) => a - b)
    for (const socket of sockets) {
      await socket.reach(group, seqs.at(-1) ?? 0)
      assert.deepEqual(socket.seqs(group), seqs)
      assert.deepEqual(socket.events(group), sockets[0]?.events(group))
    }
  })

  test('what somebody says of himself at one process is seen at another one', async (t) => {
    const [ada, bob] = people
    const there = await TestSocket.open(t, chatAt(0), ada)
    const watching = await TestSocket.open(t, chatAt(1), bob)
    await watching.request('presence.watch', { user_ids: [ada.userId] })
    const isTold = (status: string) => (frame: Frame) =>
      frame.type === 'presence' && isDeepStrictEqual(readStatuses(frame), { [ada.userId]: status })
    for (const status of ['busy', 'away', 'online'] as const) {
      await there.request('presence.set', { status })
      await watching.next(isTold(status))
    }
  })

  test('who was at a process that is killed goes on at another one with all that he missed', async (t) => {
    const [ada, , cem] = people
    const socket = await TestSocket.open(t, chatAt(2), cem)
    await socket.subscribe({ [group]: null })
    const { data: first } = await send(ada, 'before')
    await socket.reach(group, first.seq)
    const killed = chats[2] ?? assert.fail('a replica is missing')
    t.after(() =>
      stack()
        .revive(killed)
        .then(() => stack().well()),
    )
    await stack().kill(killed)
    await socket.closed
    const missed: number[] = []
    for (const content of ['one', 'two', 'three']) {
      await until(`"${content}" is taken`, async () => {
        const { status, data } = await send(ada, content)
        if (status === 201) missed.push(data.seq)
        return status === 201
      })
    }
    const { log_epoch } = socket.events(group)[0] ?? assert.fail('nothing came')
    const again = await TestSocket.open(t, gateway, cem)
    const { subscribed } = await again.subscribe({ [group]: { log_epoch, seq: first.seq } })
    assert.equal(subscribed[group]?.recovered, true)
    await again.reach(group, missed.at(-1) ?? 0)
    assert.deepEqual(again.seqs(group), missed)
  })

  test('an upload that one process began is known to the other one', async () => {
    const [{ token }] = people
    const [here, there] = await listAddresses('storage-service')
    assert.ok(here && there)
    const body = { file_name: 'note.txt', content_type: 'text/plain', file_size: 4 }
    const { data } = await call(here, files.beginUpload, { token, body })
    assert.equal((await call(there, files.delete, { token, params: { file_id: data.file_id } })).status, 200)
    assert.equal((await call(here, files.get, { token, params: { file_id: data.file_id } })).status, 404)
  })

  test('who signs out at one process is signed out at the other one', async () => {
    const [{ token }] = people
    const [here, there] = await listAddresses('auth-service')
    assert.ok(here && there)
    const me = (at: { address: string }) => call(at, accounts.getMe, { token })
    assert.deepEqual([(await me(here)).status, (await me(there)).status], [200, 200])
    assert.equal((await call(here, sessions.logout, { token })).status, 200)
    await until('the other one knows', async () => (await me(there)).status === 401, knownMs)
  })

  test('each node of calls has its own, in which people hear each other', async (t) => {
    const [, bob, cem] = people
    const video = await stack().container('video-service')
    for (const [node, port] of Object.entries({ 'video-1': 8083, 'video-2': 8085 })) {
      const between = { type: 'group', title: node, participant_ids: [cem.userId] }
      const { data } = await call(gateway, conversations.create, { token: bob.token, body: between })
      const body = { conversation_id: data.conversation_id, call_type: 'audio' }
      const begun = (await call(addressIn(video, port), calls.initiate, { token: bob.token, body })).data
      assert.equal(new URL(begun.signaling_url).searchParams.get('node'), node)
      const params = { call_id: begun.call_id }
      await call(gateway, calls.accept, { token: cem.token, params })
      const join = (one: Someone) => TestPeer.join(t, { ...gateway, node }, one, { callId: begun.call_id })
      const [speaker, listener] = [await join(bob), await join(cem)]
      await listener.connect('recv')
      await speaker.publish('mic')
      await listener.receive(await listener.offer(speaker))
      assert.equal((await call(gateway, calls.end, { token: bob.token, params })).status, 200)
    }
  })
})
