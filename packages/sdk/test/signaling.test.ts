import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type CommonClientFrame, closeCodes, type SignalingRequest } from '@secureconnect/protocol'
import { until } from '@secureconnect/test/helpers'
import { findPath } from '../src/calls/find-path.ts'
import type { EnteredRoom, SignalingServerFrame } from '../src/calls/frames.ts'
import { type Ending, Signaling } from '../src/calls/signaling.ts'
import { ApiError, ConnectionError, createMemoryStorage } from '../src/index.ts'
import { createSession } from '../src/session.ts'
import type { LinkState } from '../src/socket/link.ts'
import { type FakeSocket, startFakeChat } from './fake-chat.ts'

type ClientFrame = SignalingRequest | CommonClientFrame
type Server = FakeSocket<ClientFrame>

const rtpCapabilities = { codecs: [], headerExtensions: [] }
const reply = (fields: Partial<EnteredRoom> = {}) => ({
  participant_id: 'ada',
  resume_token: 'resume-1',
  recovered: false,
  seq: 0,
  ...fields,
})

type Options = { tokenSeconds?: number; findPath?: () => Promise<string>; onState?: (state: LinkState) => void }

/** Somebody who enters a call, with what he is told of it; tokens are called token-1, token-2 and so on. */
async function enterCall(t: TestContext, { tokenSeconds = 900, findPath, onState }: Options = {}) {
  const fake = await startFakeChat<ClientFrame>(t)
  let tokens = 0
  const exchange = async () => {
    tokens += 1
    return { access_token: `token-${tokens}`, token_type: 'Bearer' as const, expires_in: tokenSeconds }
  }
  const session = createSession({ storage: createMemoryStorage(), exchange })
  await session.begin('ada', await exchange())
  const authorise = async (path: string) => ({
    url: `${fake.url}${path}`,
    headers: { authorization: `Bearer ${await session.getToken()}` },
  })
  const way = { path: '/first', joinToken: 'join-1' }
  const [joined, frames, waits]: [EnteredRoom[], SignalingServerFrame[], string[]] = [[], [], []]
  const { promise: ending, resolve } = Promise.withResolvers<Ending>()
  const signaling = new Signaling({
    access: { session, authorise },
    callId: 'the-call',
    way,
    findPath: findPath ?? (async () => way.path),
    rtpCapabilities,
    onJoined: (reply) => joined.push(reply),
    onWaiting: ({ call_id }) => waits.push(call_id),
    onFrame: (frame) => frames.push(frame),
    onState: onState ?? (() => undefined),
    onEnded: resolve,
  })
  t.after(() => signaling.close())
  signaling.open()
  return { fake, session, signaling, joined, frames, waits, ending }
}

/** Waits until all that was sent has come. */
async function arrive(socket: Server): Promise<void> {
  socket.send({ type: 'ping' })
  await socket.next('pong')
}

/** Lets him in on the next line that he opens; answers with what he asked by. */
async function letIn({ accept }: { accept: () => Promise<Server> }, fields?: Partial<EnteredRoom>) {
  const socket = await accept()
  socket.greet()
  const join = await socket.next('join')
  socket.reply(join, reply(fields))
  await arrive(socket)
  return { socket, join }
}

const data = (seq: number) => ({ type: 'data', seq, participant_id: 'bob', data: String(seq) })

test('one enters by what the service gave for it, and after a break as who one was, from the last push on', async (t) => {
  const { fake, frames } = await enterCall(t)
  const first = await letIn(fake, { seq: 4 })
  assert.deepEqual(first.join, {
    type: 'join',
    id: first.join.id,
    call_id: 'the-call',
    join_token: 'join-1',
    rtp_capabilities: rtpCapabilities,
  })
  for (const seq of [4, 5, 6]) first.socket.send(data(seq))
  await arrive(first.socket)
  first.socket.cut()
  const socket = await fake.accept()
  socket.greet()
  const { id, resume_token, last_seq, join_token } = await socket.next('join')
  for (const seq of [6, 7]) socket.send(data(seq))
  socket.reply({ id }, reply({ recovered: true, seq: 7 }))
  assert.deepEqual([resume_token, last_seq, join_token], ['resume-1', 6, undefined])
  await arrive(socket)
  assert.deepEqual(
    frames.map((frame) => ('seq' in frame ? frame.seq : undefined)),
    [5, 6, 7],
    'each push once',
  )
})

test('a room that moves is followed to where it is said to be, without asking for the way', async (t) => {
  let asked = 0
  const findPath = async () => {
    asked += 1
    return '/elsewhere'
  }
  const { fake } = await enterCall(t, { findPath })
  const { socket } = await letIn(fake)
  socket.send({ type: 'room.moved', signaling_url: 'wss://example.org/v1/ws/signaling?node=video-2' })
  socket.close(closeCodes.restart.code)
  const next = await letIn(fake)
  assert.deepEqual([next.socket.path, next.join.resume_token], ['/v1/ws/signaling?node=video-2', 'resume-1'])
  assert.equal(asked, 0)
})

test('a room that begins to count anew is followed from there', async (t) => {
  const { fake, frames } = await enterCall(t)
  const { socket } = await letIn(fake, { seq: 100 })
  socket.cut()
  const next = await letIn(fake, { recovered: false, seq: 2 })
  next.socket.send(data(3))
  await arrive(next.socket)
  assert.equal(frames.length, 1)
})

test('what is asked while the line is gone waits until one is in the call again', async (t) => {
  const { fake, signaling } = await enterCall(t)
  const { socket } = await letIn(fake)
  const asked = signaling.ask('transport.create', { direction: 'send' })
  await socket.next('transport.create')
  socket.cut()
  const next = await letIn(fake, { recovered: true })
  const again = await next.socket.next('transport.create')
  next.socket.reply(again, { transport_id: 'made' })
  assert.deepEqual(await asked, { transport_id: 'made' })
})

test('a service that has too much to do just now is asked again, on the same line', async (t) => {
  const { fake, joined, signaling } = await enterCall(t)
  const socket = await fake.accept()
  socket.greet()
  const full = { code: 'CAPACITY', message: 'Full.', retry_after_ms: 10 } as const
  socket.refuse(await socket.next('join'), full)
  socket.reply(await socket.next('join'), reply())
  const asked = signaling.ask('transport.create', { direction: 'send' })
  socket.refuse(await socket.next('transport.create'), full)
  socket.reply(await socket.next('transport.create'), { transport_id: 'made' })
  await asked
  assert.equal(joined.length, 1)
})

test('who is refused for good is told why, and does not try again', async (t) => {
  const { fake, ending } = await enterCall(t)
  const socket = await fake.accept()
  socket.greet()
  socket.refuse(await socket.next('join'), { code: 'CALL_ENDED', message: 'This call is over.' })
  const { reason, error } = await ending
  assert.ok(error instanceof ApiError)
  assert.deepEqual([reason, error.code], ['refused', 'CALL_ENDED'])
})

test('who has to be let in waits on his line, also on the next one, and comes in as soon as he is', async (t) => {
  const { fake, waits, joined } = await enterCall(t)
  const inLobby = { participant_id: null, call: { call_id: 'the-call' } }
  const first = await fake.accept()
  first.greet()
  first.reply(await first.next('join'), inLobby)
  await until('he waits', () => waits.length === 1)
  first.cut()
  const second = await fake.accept()
  second.greet()
  second.reply(await second.next('join'), inLobby)
  second.send({ type: 'lobby.admitted', call_id: 'the-call' })
  second.reply(await second.next('join'), reply())
  await until('he is in', () => joined.length === 1)
  assert.equal(waits.length, 2)
})

test('who is not let in is told, and does not try again', async (t) => {
  const { fake, ending } = await enterCall(t)
  const socket = await fake.accept()
  socket.greet()
  socket.reply(await socket.next('join'), { participant_id: null, call: { call_id: 'the-call' } })
  socket.send({ type: 'lobby.refused', call_id: 'the-call', reason: 'denied' })
  const { reason, error } = await ending
  assert.ok(error instanceof ApiError)
  assert.deepEqual([reason, error.code], ['denied', 'FORBIDDEN'])
})

test('a refusal for a while that a broken line interrupts ends nothing', async (t) => {
  const { fake, joined } = await enterCall(t)
  const socket = await fake.accept()
  socket.greet()
  socket.refuse(await socket.next('join'), { code: 'CAPACITY', message: 'Full.', retry_after_ms: 60_000 })
  socket.cut()
  await letIn(fake)
  assert.equal(joined.length, 1)
})

test('a call that is at another node now is looked for, there and at one that says nothing', async (t) => {
  const ways = ['/second', '/third']
  const findPath = async () => ways.shift() ?? '/lost'
  const { fake, joined } = await enterCall(t, { findPath })
  const first = await fake.accept()
  first.greet()
  const elsewhere = { code: 'SERVICE_UNAVAILABLE', message: 'This call is served elsewhere.' } as const
  first.refuse(await first.next('join'), elsewhere)
  const second = await fake.accept()
  second.cut()
  const { socket, join } = await letIn(fake)
  assert.deepEqual([first.path, second.path, socket.path, join.join_token], ['/first', '/second', '/third', 'join-1'])
  assert.equal(joined.length, 1)
})

test('looking for a call brings nobody into it, so that who was taken out meanwhile is told and stays out', async (t) => {
  const [asked, answers] = [[] as string[], ['wss://example.org/v1/ws/signaling?node=video-2', null]]
  const service = new Proxy({} as Parameters<typeof findPath>[0]['calls'], {
    get: (_, name: string) => async () => {
      asked.push(name)
      return { signaling_url: answers.shift() }
    },
  })
  const find = () => findPath({ calls: service }, 'the-call')
  const { fake, ending } = await enterCall(t, { findPath: find })
  const { socket } = await letIn(fake)
  socket.cut()
  const silent = await fake.accept()
  silent.cut()
  const back = await fake.accept()
  back.greet()
  const join = await back.next('join')
  assert.deepEqual([back.path, join.resume_token], ['/v1/ws/signaling?node=video-2', 'resume-1'])
  back.refuse(join, { code: 'FORBIDDEN', message: 'A host has taken you out of this call: join it anew.' })
  assert.equal((await ending).reason, 'refused')
  await assert.rejects(find(), /over/)
  assert.deepEqual(asked, ['get', 'get'])
})

test('a call that is over when one looks for it ends', async (t) => {
  const over = new ApiError({ code: 'CALL_ENDED', message: 'This call is over.' })
  const { fake, ending } = await enterCall(t, { findPath: () => Promise.reject(over) })
  const socket = await fake.accept()
  socket.cut()
  assert.deepEqual(await ending, { reason: 'refused', error: over })
})

test('however long the service was gone, one tries again every few seconds, while one is expected back', async (t) => {
  const attempts = 10
  const waits: number[] = []
  const { promise: done, resolve } = Promise.withResolvers<void>()
  const { fake } = await enterCall(t, {
    findPath: () => Promise.reject(new ConnectionError('No answer.')),
    onState(state) {
      if (state.status !== 'waiting') return
      if (waits.push(state.waitMs) === attempts) return resolve()
      // The pause begins once this is told.
      setImmediate(() => t.mock.timers.tick(state.waitMs))
    },
  })
  const socket = await fake.accept()
  t.mock.timers.enable({ apis: ['setTimeout'] })
  t.mock.method(Math, 'random', () => 0.999)
  socket.cut()
  await done
  assert.ok(Math.max(...waits) <= 5_000, String(waits))
})

test('where another device or page takes the place, this one leaves it to that', async (t) => {
  const { fake, signaling, ending } = await enterCall(t)
  const { socket } = await letIn(fake)
  socket.close(closeCodes.replaced.code)
  assert.deepEqual(await ending, { reason: 'replaced' })
  signaling.close()
  await assert.rejects(signaling.ask('transport.create', { direction: 'send' }), ConnectionError)
})

test('a token that ends during a call is followed by the next one, on the same line', async (t) => {
  const { fake } = await enterCall(t, { tokenSeconds: 1 })
  const { socket } = await letIn(fake)
  const shown = await socket.next('auth.refresh')
  assert.equal(shown.token, 'token-2')
})

test('who signs out, or is signed out, leaves the call', async (t) => {
  const { fake, session, ending } = await enterCall(t)
  const { socket } = await letIn(fake)
  await session.end()
  socket.reply(await socket.next('leave'), {})
  assert.deepEqual(await ending, { reason: 'forbidden' })
  assert.equal(await socket.closed(), closeCodes.done.code)
})
