import assert from 'node:assert/strict'
import { ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import { queryObjects } from 'node:v8'
import { AppError } from '@secureconnect/errors'
import { closeCodes, limits, sockets } from '@secureconnect/protocol'
import { Type } from 'typebox'
import type { ServiceContext } from '../src/service-context.ts'
import { frame } from '../src/sockets/frames.ts'
import { socketEndpoint } from '../src/sockets/socket-endpoint.ts'
import { Client, type Frame, refusalOf } from './socket-client.ts'
import { startTestService } from './test-service.ts'

const userId = '0190a000-0000-7000-8000-000000000001'
const shortLifeMs = 1_000 - limits.socketExpiryGraceMs

/** Tokens of the tests: `name` or `name/session`; `old` is past its grace in a second, `away` cannot be judged. */
async function authenticate(token: string) {
  const [name = '', sessionId = 'session-1'] = token.split('/')
  if (name === 'away') throw new AppError('SERVICE_UNAVAILABLE', 'Not now.')
  if (name === 'gone') throw new AppError('TOKEN_REVOKED', 'Ended.')
  if (name === 'bad') throw new AppError('UNAUTHORIZED', 'Not a token.')
  const expiresAt = new Date(Date.now() + (name === 'old' ? shortLifeMs : 900_000))
  return { userId: name === 'eve' ? 'eve' : userId, sessionId, username: name, role: 'user', expiresAt } as const
}

const Shout = Type.Object(
  { type: Type.Literal('shout'), id: Type.String(), text: Type.String() },
  { additionalProperties: false },
)

const endpoint = socketEndpoint<ServiceContext>({
  socket: sockets.chat,
  rate: { perSecond: 1, burst: 20 },
  maxConnections: () => 12,
  createHandlers: () => ({
    shout: frame(Shout, ({ frame: { text }, caller }) => {
      if (text === 'fail') throw new Error('secret cause')
      if (text === 'often') throw new AppError('RATE_LIMITED', 'Too often by this person.', { retryAfterMs: 1 })
      return { text: text.toUpperCase(), by: caller.username }
    }),
  }),
})

async function startSockets(t: TestContext) {
  const running = await startTestService(t, { sockets: [endpoint], authenticate })
  const url = `${running.address.replace('http', 'ws')}/v1/ws/chat`
  const open = (headers: Record<string, string>) => Client.open(t, url, headers)
  /** The status and code of an upgrade that is refused. */
  const refusal = (headers: Record<string, string>, query = '') => refusalOf(`${url}${query}`, headers)
  return { ...running, open, refusal }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const origin = { origin: 'http://localhost' }

test('a client with a token in its header is greeted and ready at once', async (t) => {
  const { open, context } = await startSockets(t)
  const client = await open(bearer('ada'))
  const hello = await client.next()
  assert.deepEqual(
    { ...hello, connection_id: 0 },
    {
      type: 'hello',
      protocol: 1,
      connection_id: 0,
      heartbeat_ms: limits.heartbeatMs,
      limits: { frame_bytes: limits.frameBytes, malformed_frames: limits.malformedFrames },
    },
  )
  const ready = await client.next()
  assert.deepEqual(
    { ...ready, server_time: 0 },
    { type: 'ready', user_id: userId, session_id: 'session-1', server_time: 0 },
  )
  assert.equal((await context.metrics.httpRequestsInFlight.get()).values[0]?.value, 0)
})

test('an open socket holds nothing of the request that opened it', async (t) => {
  const { open } = await startSockets(t)
  const answers = () => queryObjects(ServerResponse, { format: 'count' })
  const before = answers()
  const clients = await Promise.all(Array.from({ length: 5 }, () => open(bearer('ada'))))
  for (const client of clients) assert.equal((await client.next()).type, 'hello')
  for (const client of clients) assert.equal((await client.next()).type, 'ready')
  assert.equal(answers(), before)
})

test('a browser says who it is in the first frame; before that it may do nothing', async (t) => {
  const { open } = await startSockets(t)
  const client = await open(origin)
  assert.equal((await client.next()).type, 'hello')
  client.send({ type: 'shout', id: '1', text: 'hi' })
  assert.equal((await client.next()).ok, false)
  client.send({ type: 'auth', id: '2', token: 'ada' })
  assert.equal((await client.next()).type, 'ready')
  assert.deepEqual(await client.next(), { type: 'reply', id: '2', ok: true, data: {} })
  client.send({ type: 'shout', id: '3', text: 'hi' })
  assert.deepEqual(await client.next(), { type: 'reply', id: '3', ok: true, data: { text: 'HI', by: 'ada' } })
})

test('what can be refused before the upgrade is an HTTP answer', async (t) => {
  const { refusal } = await startSockets(t)
  assert.deepEqual(await refusal(bearer('bad')), { status: 401, code: 'UNAUTHORIZED' })
  assert.deepEqual(await refusal(bearer('gone')), { status: 401, code: 'TOKEN_REVOKED' })
  assert.deepEqual(await refusal(bearer('away')), { status: 503, code: 'SERVICE_UNAVAILABLE' })
  assert.deepEqual(await refusal({}), { status: 401, code: 'UNAUTHORIZED' })
  assert.deepEqual(await refusal(bearer('ada'), '?token=ada'), { status: 400, code: 'VALIDATION_ERROR' })
  assert.deepEqual(await refusal(bearer('ada'), '?access_token=ada'), { status: 400, code: 'VALIDATION_ERROR' })
})

test('a token that is no good in the first frame closes with the code that says what to do', async (t) => {
  const { open } = await startSockets(t)
  for (const [token, reason] of [
    ['bad', 'unauthenticated'],
    ['gone', 'forbidden'],
    ['away', 'ourFault'],
  ] as const) {
    const client = await open(origin)
    await client.next()
    client.send({ type: 'auth', id: '1', token })
    assert.equal((await client.reply()).ok, false)
    assert.equal(await client.closed, closeCodes[reason].code, token)
  }
})

test('malformed frames are answered, and the fifth ends the socket', async (t) => {
  const { open } = await startSockets(t)
  const client = await open(bearer('ada'))
  for (const text of [
    'not json',
    '[]',
    '{"type":5}',
    '{"type":"unknown","id":"4"}',
    '{"type":"shout","id":"5","text":7}',
  ])
    client.send(text)
  const replies = []
  for (let i = 0; i < 5; i += 1) replies.push(await client.reply())
  assert.ok(replies.every((reply) => reply.ok === false))
  assert.deepEqual(
    replies.map((reply) => reply.id),
    [undefined, undefined, undefined, '4', '5'],
  )
  assert.equal(await client.closed, closeCodes.policy.code)
})

test('binary, oversized and badly encoded frames end the socket with their own codes', async (t) => {
  const { open } = await startSockets(t)
  const binary = await open(bearer('ada'))
  await binary.next()
  binary.send(Buffer.from([1, 2, 3]))
  assert.equal(await binary.closed, closeCodes.binaryFrame.code)
  const big = await open(bearer('ada'))
  await big.next()
  big.send('x'.repeat(limits.frameBytes + 1))
  assert.equal(await big.closed, closeCodes.frameTooBig.code)
})

test('a failing handler is answered without its cause, and the socket goes on', async (t) => {
  const { open, lines } = await startSockets(t)
  const client = await open(bearer('ada'))
  client.send({ type: 'shout', id: '1', text: 'fail' })
  const reply = await client.reply()
  assert.doesNotMatch(JSON.stringify(reply), /secret cause/)
  assert.match(JSON.stringify(lines), /secret cause/)
  client.send({ type: 'shout', id: '2', text: 'on' })
  assert.equal((await client.reply()).ok, true)
})

test('too many requests are refused with the time to wait, and going on ends the socket', async (t) => {
  const { open } = await startSockets(t)
  const client = await open(bearer('ada'))
  for (let i = 0; i < 30; i += 1) client.send({ type: 'shout', id: String(i), text: 'x' })
  const replies: Frame[] = []
  for (let i = 0; i < 26; i += 1) replies.push(await client.reply())
  assert.equal(replies.filter((reply) => reply.ok).length, 20)
  const [refused] = replies.filter((reply) => !reply.ok)
  assert.match(JSON.stringify(refused), /"code":"RATE_LIMITED".*"retry_after_ms":\d+/)
  assert.equal(await client.closed, closeCodes.policy.code)
})

test('what exceeds the limits of a person ends no socket that keeps its own', async (t) => {
  const { open } = await startSockets(t)
  const client = await open(bearer('ada'))
  for (let i = 0; i < 10; i += 1) client.send({ type: 'shout', id: String(i), text: 'often' })
  for (let i = 0; i < 10; i += 1) assert.match(JSON.stringify(await client.reply()), /RATE_LIMITED/)
  client.send({ type: 'shout', id: 'on', text: 'on' })
  assert.equal((await client.reply()).ok, true)
})

test('a token is renewed in the band, for the same person only', async (t) => {
  const { open } = await startSockets(t)
  const client = await open(bearer('old'))
  client.send({ type: 'auth.refresh', id: '1', token: 'eve' })
  assert.equal((await client.reply()).ok, false)
  client.send({ type: 'auth.refresh', id: '2', token: 'ada' })
  assert.equal((await client.reply()).ok, true)
  const expired = await open(bearer('old'))
  assert.equal(await expired.closed, closeCodes.unauthenticated.code)
  client.send({ type: 'shout', id: '3', text: 'still here' })
  assert.equal((await client.reply()).ok, true)
})

test('a person has ten sockets at most, a process as many as it was told', async (t) => {
  const { open, refusal } = await startSockets(t)
  const clients = await Promise.all(Array.from({ length: limits.socketsPerUser }, () => open(bearer('ada'))))
  for (const client of clients) {
    await client.next()
    assert.equal((await client.next()).type, 'ready')
  }
  assert.equal(await (await open(bearer('ada'))).closed, closeCodes.policy.code)
  const others = await Promise.all([open(bearer('eve')), open(bearer('eve'))])
  for (const client of others) {
    await client.next()
    assert.equal((await client.next()).type, 'ready')
  }
  assert.deepEqual(await refusal(bearer('eve')), { status: 503, code: 'CAPACITY' })
})

test('a stopping service sends its sockets away with a hint, and takes no new ones', async (t) => {
  const { open, stop, service, refusal } = await startSockets(t)
  const client = await open(bearer('ada'))
  await client.next()
  await client.next()
  service.lifecycle.phase = 'draining'
  assert.deepEqual(await refusal(bearer('ada')), { status: 503, code: 'SERVICE_UNAVAILABLE' })
  await stop()
  assert.deepEqual({ ...(await client.next()), after_ms: 0 }, { type: 'notice', code: 'reconnect', after_ms: 0 })
  assert.equal(await client.closed, closeCodes.restart.code)
})
